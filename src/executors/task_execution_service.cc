#include "executors/task_execution_service.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "executors/ending_report.h"
#include "executors/net/transfer_engine.h"
#include "executors/registry.h"

namespace carillon {
namespace {

// Places that no thread stands behind. An attempt keeps its place for a commit each way, so that
// many must be under way for one thread to be busy.
constexpr std::uint32_t kInstantPlaces = 512;

// A free thread picks an attempt up within moments; what waits longer has none.
constexpr Duration kPickUpWait = Duration::milliseconds(250);

// What a forced attempt may take to end before drain gives up on it; more than the watcher's slack.
constexpr Duration kForcedWait = Duration::seconds(3);

std::uint32_t cpu_places(const LaneOptions& lanes) {
  return lanes.cpu_threads > 0 ? lanes.cpu_threads
                               : std::max(1U, std::thread::hardware_concurrency());
}

Tick now_tick() { return std::chrono::steady_clock::now(); }

Tick tick_in(Duration span) {
  // Far enough for any time-out, near enough not to overflow the clock's nanoseconds.
  const Duration held = std::clamp(span, Duration{}, Duration::days(3650));
  return now_tick() + std::chrono::milliseconds(held.ms());
}

}  // namespace

TaskExecutionService::TaskExecutionService(const ExecutionPorts& ports, const LaneOptions& lanes)
    : ports_(ports),
      lanes_(lanes),
      instant_("lane-instant", 1),
      cpu_("lane-cpu", cpu_places(lanes)),
      blocking_("lane-blocking", lanes.blocking_threads),
      watcher_([this] { watch(); }) {}

TaskExecutionService::~TaskExecutionService() {
  drain(Duration{}, Duration{});
  {
    const std::scoped_lock lock(mutex_);
    watching_ = Watching::over;
    look_again_.notify_all();
  }
  watcher_.join();
  // Work that was posted to the event thread refers to this service.
  ports_.transfers.flush();
}

ThreadLane* TaskExecutionService::thread_lane(Lane lane) {
  switch (lane) {
    case Lane::cpu:
      return &cpu_;
    case Lane::blocking:
      return &blocking_;
    case Lane::instant:
      return &instant_;
    case Lane::http:
    case Lane::worker:
    case Lane::workflow:
      return nullptr;
  }
  std::unreachable();
}

void TaskExecutionService::start(AttemptDispatched dispatched) {
  const auto held = std::make_shared<LiveAttempt>(std::move(dispatched));
  // The lane is the type's as it is now; the one in the fact was decided when the task was created.
  const auto info = ports_.types.info(held->dispatched.type);
  if (info) held->lane = info->lane;
  {
    const std::scoped_lock lock(mutex_);
    if (taking_ == Taking::closed || !live_.add(held)) return;
    held->deadline = tick_in(held->dispatched.deadline - ports_.clock.wall());
    if (held->deadline < next_look_) look_again_.notify_all();
  }
  if (info) {
    submit(held);
  } else {
    settle(held, ending_of(info.error()), EndedBy::stop);
  }
}

void TaskExecutionService::submit(const Held& held) {
  if (ThreadLane* lane = thread_lane(held->lane)) {
    lane->submit([this, held] { run(held); });
    return;
  }
  {
    const std::scoped_lock lock(mutex_);
    http_waiting_.push_back(held);
  }
  fill_http_lane();
}

void TaskExecutionService::fill_http_lane() {
  const std::scoped_lock lock(mutex_);
  while (http_running_ < lanes_.http_transfers && !http_waiting_.empty()) {
    ++http_running_;
    ports_.transfers.post([this, held = std::move(http_waiting_.front())] { launch(held); });
    http_waiting_.pop_front();
  }
}

void TaskExecutionService::free_http_place() {
  {
    const std::scoped_lock lock(mutex_);
    --http_running_;
  }
  fill_http_lane();
}

// The last look at the stop before a handler is called.
bool TaskExecutionService::begin(const Held& held) {
  const std::scoped_lock lock(mutex_);
  if (!live_.begin(*held, now_tick())) return false;
  ++counts_.started;
  if (taking_ == Taking::closed) changed_.notify_all();
  if (held->heartbeat < next_look_) look_again_.notify_all();
  return true;
}

Result<std::shared_ptr<AttemptSession>> TaskExecutionService::open_session(const Held& held) {
  auto input = prepare_input(ports_.types, held->dispatched);
  if (!input) return std::unexpected(std::move(input.error()));
  const auto is_running = [this, held] {
    const std::scoped_lock lock(mutex_);
    return held->phase == AttemptPhase::running;
  };
  return std::make_shared<AttemptSession>(
      ports_, held->dispatched, std::move(*input),
      AttemptLife{.stop = held->stop, .is_running = is_running});
}

void TaskExecutionService::run(const Held& held) {
  if (!begin(held)) {
    settle(held, Cancelled{}, EndedBy::stop);
    return;
  }
  AttemptEnding ending;
  try {
    const auto session = open_session(held);
    const TaskType* type = ports_.types.find(held->dispatched.type);
    ending = session ? std::get<RunHandler>(type->handler)((*session)->context)
                     : ending_of(session.error());
  } catch (const std::exception& thrown) {
    ending = Failed{.code = "internal", .message = thrown.what()};
  }
  held->stop->stop_reacting();
  settle(held, std::move(ending), EndedBy::handler);
}

void TaskExecutionService::launch(const Held& held) {
  const auto conclude = [this, held](AttemptEnding ending) {
    held->stop->stop_reacting();
    settle(held, std::move(ending), EndedBy::handler);
    free_http_place();
  };
  if (!begin(held)) {
    settle(held, Cancelled{}, EndedBy::stop);
    free_http_place();
    return;
  }
  try {
    const auto session = open_session(held);
    if (!session) {
      conclude(ending_of(session.error()));
      return;
    }
    const std::shared_ptr<AttemptContext> context(*session, &(*session)->context);
    const TaskType* type = ports_.types.find(held->dispatched.type);
    std::get<StartHandler>(type->handler)(context, conclude);
  } catch (const std::exception& thrown) {
    conclude(Failed{.code = "internal", .message = thrown.what()});
  }
}

void TaskExecutionService::stop(const AttemptStopRequested& request) {
  Held held;
  {
    const std::scoped_lock lock(mutex_);
    held = live_.find(request.attempt, request.fence);
  }
  if (!held) return;
  ask(held,
      StopRequest{.cause = StopCause::requested, .reason = request.reason, .grace = request.grace});
}

void TaskExecutionService::ask(const Held& held, const StopRequest& request) {
  held->stop->ask(request);
  {
    const std::scoped_lock lock(mutex_);
    if (held->phase == AttemptPhase::running) {
      LiveAttempts::schedule_force(*held, now_tick(), request.grace);
      look_again_.notify_all();
      return;
    }
  }
  settle(held, Cancelled{}, EndedBy::stop);
}

void TaskExecutionService::watch() {
  std::unique_lock lock(mutex_);
  while (watching_ == Watching::on) {
    const auto overdue = live_.take_overdue(now_tick());
    if (!overdue.empty()) {
      lock.unlock();
      for (const OverdueAttempt& one : overdue) act(one);
      lock.lock();
      continue;
    }
    next_look_ = live_.next();
    if (next_look_ == Tick::max()) {
      look_again_.wait(lock);
    } else {
      look_again_.wait_until(lock, next_look_);
    }
    next_look_ = Tick::min();  // Awake: nobody needs to wake it.
  }
}

void TaskExecutionService::act(const OverdueAttempt& overdue) {
  const Held& held = overdue.attempt;
  switch (overdue.what) {
    case Overdue::heartbeat:
      ports_.reports.progress(held->dispatched.attempt.run.task,
                              AttemptProgress{.fence = held->dispatched.fence});
      return;
    case Overdue::deadline:
      ask(held, StopRequest{.cause = StopCause::deadline,
                            .reason = "The attempt did not end before its deadline."});
      return;
    case Overdue::force:
      held->stop->force();
      return;
    case Overdue::abandon:
      settle(held, Cancelled{"The handler did not stop."}, EndedBy::watcher);
      return;
  }
  std::unreachable();
}

// Ends the attempt for the engine, once; whoever comes later changes nothing.
void TaskExecutionService::settle(const Held& held, AttemptEnding ending, EndedBy by) {
  const AttemptDispatched& dispatched = held->dispatched;
  auto report = report_of(dispatched.fence, std::move(ending), held->stop->request());
  if (!claim(held, by)) return;
  if (report) {
    count(*report);
    ports_.reports.finished(dispatched.attempt.run.task, std::move(*report));
  }
  const std::scoped_lock lock(mutex_);
  if (!report) unfinished_.push_back(dispatched.attempt);
  --reporting_;
  changed_.notify_all();
}

bool TaskExecutionService::claim(const Held& held, EndedBy by) {
  const std::scoped_lock lock(mutex_);
  ThreadLane* lane = thread_lane(held->lane);
  if (live_.end(*held) != AttemptPhase::ended) {
    ++reporting_;
    if (by == EndedBy::watcher) {
      held->given_up = true;
      ++counts_.abandoned;
      ++stuck_;
      if (lane != nullptr) lane->write_off();
    }
    return true;
  }
  if (by == EndedBy::handler && std::exchange(held->given_up, false)) {
    ++counts_.late_results;
    --stuck_;
    if (lane != nullptr) lane->restore();
  }
  return false;
}

void TaskExecutionService::count(const AttemptFinished& report) {
  const std::scoped_lock lock(mutex_);
  switch (report.kind) {
    case FinishKind::completed:
      ++counts_.completed;
      return;
    case FinishKind::failed:
    case FinishKind::failed_for_good:
      ++counts_.failed;
      return;
    case FinishKind::cancelled:
      ++counts_.cancelled;
      return;
  }
  std::unreachable();
}

void TaskExecutionService::wait_until_idle(Duration limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, tick_in(limit), [&] { return live_.size() == 0 && reporting_ == 0; });
}

// Closes the door and returns the attempts that nothing will begin soon.
std::vector<TaskExecutionService::Held> TaskExecutionService::close() {
  std::unique_lock lock(mutex_);
  taking_ = Taking::closed;
  changed_.wait_until(lock, tick_in(kPickUpWait), [&] { return live_.waiting().empty(); });
  return live_.waiting();
}

DrainReport TaskExecutionService::drain(Duration wait, Duration grace) {
  const StopRequest request{
      .cause = StopCause::shutdown, .reason = "The server is shutting down.", .grace = grace};
  for (const Held& held : close()) ask(held, request);
  wait_until_idle(wait);
  for (const Held& held : held_now()) ask(held, request);
  wait_until_idle(grace + kForcedWait);
  const std::scoped_lock lock(mutex_);
  return DrainReport{.unfinished = std::exchange(unfinished_, {}), .stuck = stuck_};
}

std::vector<TaskExecutionService::Held> TaskExecutionService::held_now() const {
  const std::scoped_lock lock(mutex_);
  return live_.all();
}

std::vector<LaneSlots> TaskExecutionService::places() const {
  return {LaneSlots{.lane = Lane::instant, .slots = kInstantPlaces},
          LaneSlots{.lane = Lane::cpu, .slots = cpu_places(lanes_)},
          LaneSlots{.lane = Lane::blocking, .slots = lanes_.blocking_threads},
          LaneSlots{.lane = Lane::http, .slots = lanes_.http_transfers}};
}

std::vector<LaneUse> TaskExecutionService::lane_use() const {
  std::vector<LaneUse> use;
  for (const LaneSlots& places : places()) use.push_back({.places = places});
  const std::scoped_lock lock(mutex_);
  for (const Held& held : live_.all()) {
    const auto lane =
        std::ranges::find(use, held->lane, [](const LaneUse& u) { return u.places.lane; });
    if (lane != use.end()) ++lane->used;
  }
  return use;
}

ExecutionCounts TaskExecutionService::counts() const {
  const std::scoped_lock lock(mutex_);
  ExecutionCounts counts = counts_;
  counts.live = live_.size();
  return counts;
}

}  // namespace carillon
