#include "tests/sim/world/world_plan.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "domain/words.h"
#include "tests/sim/world/draw.h"

namespace carillon {
namespace {

// Moments at which something is special about local time, and one at which nothing is.
constexpr std::int64_t kNewYear2026 = 1'767'225'600'000;
constexpr std::int64_t kBerlinGap2026 = 1'774'746'000'000;   // 2026-03-29T01:00:00Z
constexpr std::int64_t kBerlinFold2026 = 1'792'890'000'000;  // 2026-10-25T01:00:00Z

// What may go wrong in a world at all: a world in which everything goes wrong at once would hide
// what each fault does alone.
struct Weather {
  bool crashes = false;
  bool disk = false;
  bool clock = false;
  bool slow = false;
};

Weather drawn_weather(Draw& draw) {
  return {.crashes = draw.chance(600),
          .disk = draw.chance(450),
          .clock = draw.chance(250),
          .slow = draw.chance(350)};
}

EngineOptions drawn_engine(Draw& draw) {
  EngineOptions engine{.batch = {}, .state_cache_bytes = 1 << 20};
  engine.batch.inputs = draw.pick<std::size_t>({1, 3, 16, 1024});
  engine.batch.due = draw.pick<std::size_t>({1, 4, 1024});
  engine.batch.records = draw.pick<std::size_t>({2, 8, 64, 16'384});
  engine.batch.clock_notices = draw.pick<std::size_t>({1, 5, 1024});
  if (draw.chance(300)) engine.state_cache_bytes = draw.pick<std::size_t>({1, 2000});
  return engine;
}

Manners drawn_manners(Draw& draw) {
  Manners manners;
  manners.fails = draw.pick<std::uint64_t>({0, 50, 200, 600});
  manners.fails_for_good = draw.pick<std::uint64_t>({0, 0, 50});
  manners.hangs = draw.pick<std::uint64_t>({0, 0, 30, 100});
  manners.reports_twice = draw.pick<std::uint64_t>({0, 50, 300});
  manners.ignores_stop = draw.pick<std::uint64_t>({0, 200, 800});
  manners.silent = draw.pick<std::uint64_t>({0, 200});
  manners.longest = Duration::milliseconds(draw.pick({50, 800, 4000, 15'000}));
  return manners;
}

class PlanMaker {
 public:
  explicit PlanMaker(std::uint64_t seed) : draw_(part_seed(seed, 1)) { plan_.seed = seed; }

  WorldPlan make() {
    const bool is_long = draw_.chance(120);
    plan_.faults_end = is_long ? draw_.between(Duration::hours(30), Duration::days(4))
                               : draw_.between(Duration::minutes(3), Duration::minutes(20));
    const std::int64_t start = draw_.pick({kNewYear2026, kBerlinGap2026, kBerlinFold2026});
    plan_.start = Instant::from_unix_ms(start - 3'600'000 +
                                        static_cast<std::int64_t>(draw_.below(3'600'000)));
    plan_.places = static_cast<std::uint32_t>(draw_.pick({1, 2, 4, 16}));
    plan_.engine = drawn_engine(draw_);
    plan_.engine.batch.turn = Draw(part_seed(plan_.seed, 5)).pick<std::size_t>({1, 4, 32, 1024});
    plan_.manners = drawn_manners(draw_);
    add_creates();
    add_other_calls();
    add_faults(drawn_weather(draw_));
    if (draw_.chance(400)) add_retention();
    if (draw_.chance(400)) add_deaths_of_worker();
    return std::move(plan_);
  }

 private:
  Duration some_time() { return draw_.between(Duration{}, plan_.faults_end); }

  // Behind those of the same moment.
  void add(Duration at, WorldEventKind what) {
    const auto place = std::ranges::upper_bound(plan_.events, at, {}, &WorldEvent::at);
    plan_.events.insert(place, {at, std::move(what)});
  }

  void add_call(Duration at, CallKind kind, std::uint32_t task) {
    ClientCall call{.kind = kind, .task = task, .seed = draw_.next(), .request_key = {}};
    if (draw_.chance(500)) call.request_key = fmt::format("key-{}", plan_.events.size());
    add(at, std::move(call));
  }

  void add_creates() {
    const std::uint64_t single = draw_.between(3, 14);
    for (std::uint64_t i = 0; i < single; ++i) {
      const bool early = draw_.chance(700);
      add_call(early ? draw_.between(Duration{}, Duration::seconds(30)) : some_time(),
               CallKind::create, tasks_++);
    }
    if (!draw_.chance(250)) return;
    const Duration at = some_time();
    const std::uint64_t burst = draw_.between(10, 60);
    for (std::uint64_t i = 0; i < burst; ++i) add_call(at, CallKind::create, tasks_++);
  }

  void add_other_calls() {
    const std::uint64_t calls = draw_.between(0, 60);
    for (std::uint64_t i = 0; i < calls; ++i) {
      const CallKind kind = draw_.pick(
          {CallKind::update, CallKind::update, CallKind::schedule, CallKind::pause, CallKind::pause,
           CallKind::resume, CallKind::resume, CallKind::cancel, CallKind::retry, CallKind::run_now,
           CallKind::run_now, CallKind::set_status, CallKind::remove});
      const auto task = static_cast<std::uint32_t>(draw_.below(tasks_));
      const Duration at = some_time();
      add_call(at, kind, task);
      // Somebody else does something with the same task in the same moment.
      if (draw_.chance(250)) {
        add_call(at,
                 draw_.pick({CallKind::cancel, CallKind::update, CallKind::run_now, CallKind::pause,
                             CallKind::schedule}),
                 task);
      }
    }
    const std::uint64_t limits = draw_.chance(300) ? draw_.between(1, 4) : 0;
    for (std::uint64_t i = 0; i < limits; ++i) {
      QueueLimit limit{.queue = QueueName{draw_.pick({"default", "q1", "q2"})}, .running_max = {}};
      if (draw_.chance(800)) limit.running_max = static_cast<std::uint32_t>(draw_.between(1, 4));
      add(some_time(), std::move(limit));
    }
  }

  Duration some_outage() {
    return draw_.chance(700)
               ? draw_.between(Duration{}, Duration::seconds(20))
               : draw_.between(Duration::minutes(1),
                               std::max(Duration::minutes(2),
                                        Duration::milliseconds(plan_.faults_end.ms() / 3)));
  }

  void add_faults(const Weather& weather) {
    if (weather.crashes) add_crashes();
    if (weather.disk) add_disk_faults();
    if (weather.clock) add_clock_faults();
    if (!weather.slow) return;
    add(some_time(), DiskSlow{.commit = Duration::milliseconds(draw_.pick({5, 80, 900})),
                              .lasts = some_outage()});
  }

  void add_crashes() {
    const std::uint64_t crashes = draw_.between(1, 6);
    for (std::uint64_t i = 0; i < crashes; ++i) {
      Crash crash{.at = {}, .down = some_outage(), .restarted_with = drawn_engine(draw_)};
      if (draw_.chance(800)) {
        crash.at = draw_.pick(
            {SimMoment::stepped, SimMoment::sealed, SimMoment::committed, SimMoment::released});
      }
      add(some_time(), std::move(crash));
    }
  }

  void add_disk_faults() {
    const std::uint64_t faults = draw_.between(1, 4);
    for (std::uint64_t i = 0; i < faults; ++i) {
      switch (draw_.below(4)) {
        case 0:
          add(some_time(), DiskFull{.lasts = some_outage()});
          break;
        case 1:
          add(some_time(), ReadFails{.after_reads = draw_.below(20)});
          break;
        default:
          add(some_time(),
              CommitFails{.code = draw_.pick({ErrorCode::io_failed, ErrorCode::outcome_unknown}),
                          .fate = draw_.pick({CommitFault::Fate::dropped, CommitFault::Fate::kept}),
                          .then = draw_.pick({SimHostOptions::OnFailedCommit::reopen,
                                              SimHostOptions::OnFailedCommit::crash})});
          break;
      }
    }
  }

  void add_clock_faults() {
    const std::uint64_t faults = draw_.between(1, 3);
    for (std::uint64_t i = 0; i < faults; ++i) {
      switch (draw_.below(4)) {
        case 0:
          add(some_time(), ClockFreeze{.lasts = draw_.between(Duration{}, Duration::seconds(90))});
          break;
        case 1:
          add(some_time(), ClockJump{.by = draw_.between(Duration::seconds(1),
                                                         some_outage() + Duration::minutes(2))});
          break;
        default: {
          const Duration back = draw_.between(Duration::seconds(1), Duration::minutes(8));
          add(some_time(), ClockJump{.by = Duration{} - back});
          break;
        }
      }
    }
  }

  Duration some_limit() {
    const bool is_long = plan_.faults_end > Duration::hours(3);
    return is_long ? Duration::minutes(draw_.pick({20, 150, 700}))
                   : Duration::seconds(draw_.pick({5, 40, 200}));
  }

  void add_retention() {
    plan_.retention = {
        .records = some_limit(), .finished_tasks = some_limit(), .deleted_tasks = some_limit()};
    const std::uint64_t passes = draw_.between(2, 12);
    for (std::uint64_t i = 0; i < passes; ++i) {
      const Duration at = some_time();
      // Somebody gives a task new work that is on its way to the disk when the pass looks at it.
      if (draw_.chance(400)) {
        add(at, DiskSlow{.commit = Duration::milliseconds(300), .lasts = Duration::seconds(3)});
        for (int call = 0; call < 3; ++call) {
          add_call(at,
                   draw_.pick({CallKind::run_now, CallKind::schedule, CallKind::set_status,
                               CallKind::update}),
                   static_cast<std::uint32_t>(draw_.below(tasks_)));
        }
      }
      add(at, RetentionRuns{});
    }
  }

  void add_deaths_of_worker() {
    const std::uint64_t deaths = draw_.between(1, 5);
    for (std::uint64_t i = 0; i < deaths; ++i) {
      add(some_time(),
          WorkerDies{.down = some_outage(),
                     .notice = draw_.pick({WorkerDies::Notice::none, WorkerDies::Notice::at_once,
                                           WorkerDies::Notice::late})});
    }
  }

  Draw draw_;
  WorldPlan plan_;
  std::uint32_t tasks_ = 0;
};

std::string text(Duration span) {
  return fmt::format("{}.{:03} s", span.ms() / 1000, span.ms() % 1000);
}

std::string_view word(CallKind kind) {
  switch (kind) {
    case CallKind::create:
      return "create";
    case CallKind::update:
      return "update";
    case CallKind::schedule:
      return "schedule";
    case CallKind::pause:
      return "pause";
    case CallKind::resume:
      return "resume";
    case CallKind::cancel:
      return "cancel";
    case CallKind::retry:
      return "retry";
    case CallKind::run_now:
      return "run now";
    case CallKind::set_status:
      return "set status";
    case CallKind::remove:
      return "delete";
  }
  return "";
}

std::string_view word(SimMoment moment) {
  switch (moment) {
    case SimMoment::stepped:
      return "with a batch open";
    case SimMoment::sealed:
      return "before a commit";
    case SimMoment::committed:
      return "after a commit, before its effects";
    case SimMoment::released:
      return "after effects, before answers";
  }
  return "";
}

struct Describe {
  std::string operator()(const ClientCall& call) const {
    return fmt::format("{} t{}{}", word(call.kind), call.task,
                       call.request_key.empty() ? "" : " with " + call.request_key);
  }
  std::string operator()(const Crash& crash) const {
    return fmt::format("crash {}, down for {}", crash.at ? word(*crash.at) : "at once",
                       text(crash.down));
  }
  std::string operator()(const CommitFails& fault) const {
    return fmt::format(
        "the next commit fails, {} on the disk, then {}",
        fault.fate == CommitFault::Fate::kept ? "but is" : "is not",
        fault.then == SimHostOptions::OnFailedCommit::crash ? "a crash" : "a reopen");
  }
  std::string operator()(const ReadFails& fault) const {
    return fmt::format("read {} from now fails", fault.after_reads + 1);
  }
  std::string operator()(const DiskFull& fault) const {
    return fmt::format("the disk is full for {}", text(fault.lasts));
  }
  std::string operator()(const DiskSlow& fault) const {
    return fmt::format("a commit takes {} for {}", text(fault.commit), text(fault.lasts));
  }
  std::string operator()(const ClockJump& jump) const {
    const bool back = jump.by < Duration{};
    return fmt::format("the clock is set {} by {}", back ? "back" : "forward",
                       text(back ? Duration{} - jump.by : jump.by));
  }
  std::string operator()(const ClockFreeze& fault) const {
    return fmt::format("the clock stands still for {}", text(fault.lasts));
  }
  std::string operator()(const RetentionRuns& /*pass*/) const { return "retention"; }
  std::string operator()(const WorkerDies& death) const {
    constexpr std::array kNotices{"", ", and is declared lost", ", and is declared lost too late"};
    return fmt::format("the outside worker dies{}, down for {}",
                       kNotices[static_cast<std::size_t>(death.notice)], text(death.down));
  }
  std::string operator()(const QueueLimit& limit) const {
    return limit.running_max
               ? fmt::format("queue {} runs at most {}", limit.queue.value(), *limit.running_max)
               : fmt::format("queue {} has no limit", limit.queue.value());
  }
};

}  // namespace

WorldPlan make_plan(std::uint64_t seed) { return PlanMaker(seed).make(); }

bool has_clock_faults(const WorldPlan& plan) {
  return std::ranges::any_of(plan.events, [](const WorldEvent& event) {
    return std::holds_alternative<ClockJump>(event.what) ||
           std::holds_alternative<ClockFreeze>(event.what);
  });
}

bool has_faults(const WorldPlan& plan) {
  return std::ranges::any_of(plan.events, [](const WorldEvent& event) {
    return !std::holds_alternative<ClientCall>(event.what) &&
           !std::holds_alternative<QueueLimit>(event.what) &&
           !std::holds_alternative<RetentionRuns>(event.what);
  });
}

bool has_retention(const WorldPlan& plan) {
  return std::ranges::any_of(plan.events, [](const WorldEvent& event) {
    return std::holds_alternative<RetentionRuns>(event.what);
  });
}

std::string describe(const WorldEvent& event) {
  return fmt::format("{:>12}  {}", text(event.at), std::visit(Describe{}, event.what));
}

}  // namespace carillon
