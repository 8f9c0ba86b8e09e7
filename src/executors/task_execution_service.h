// TaskExecutionService: runs the attempts that the engine has dispatched to this process.
//
// Sits between the engine's facts and the task types. Any thread calls it; start and stop never
// block. Places are bounded per lane; the engine grants only what was offered, so the waiting lists
// are normally empty.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/instant.h"
#include "domain/record/facts.h"
#include "domain/record/queue_records.h"
#include "executors/attempt_session.h"
#include "executors/executor_options.h"
#include "executors/live_attempts.h"
#include "executors/task_type.h"
#include "executors/thread_lane.h"

namespace carillon {

// Since the start of the process.
struct ExecutionCounts {
  std::uint64_t started = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t abandoned = 0;     // Did not end when forced.
  std::uint64_t late_results = 0;  // Came from an abandoned handler and were dropped.
  std::uint64_t live = 0;          // Held now, waiting ones included.
};

// Places of one lane, and how many of them hold an attempt.
struct LaneUse {
  LaneSlots places;
  std::uint32_t used = 0;
};

struct DrainReport {
  std::vector<AttemptId> unfinished;  // Not reported: the engine finds them lost at its next start.
  std::uint64_t stuck = 0;            // Handlers that still run in this process.
};

class TaskExecutionService {
 public:
  TaskExecutionService(const ExecutionPorts& ports, const LaneOptions& lanes);
  TaskExecutionService(const TaskExecutionService&) = delete;
  TaskExecutionService& operator=(const TaskExecutionService&) = delete;

  // Drains without waiting. When handlers are stuck it waits for them; a process that will not wait
  // leaves without destroying the service.
  ~TaskExecutionService();

  // Takes an attempt. One that is held already changes nothing; after drain() nothing is taken.
  //
  // Guarantees  exactly one `finished` report follows, unless the process drains first
  // Requires    facts come in commit order, so that a stop never overtakes its start
  void start(AttemptDispatched dispatched);

  // Asks an attempt to end: cooperatively now, by force after the grace.
  //
  // Guarantees  an attempt whose handler has not begun when this returns never begins
  void stop(const AttemptStopRequested& request);

  // Takes nothing more, lets running attempts finish for `wait`, then stops them with `grace`.
  // Attempts that no free thread picks up are dropped at once.
  DrainReport drain(Duration wait, Duration grace);

  // The places of each lane, for the credits given to queues.
  [[nodiscard]] std::vector<LaneSlots> places() const;

  [[nodiscard]] std::vector<LaneUse> lane_use() const;

  [[nodiscard]] ExecutionCounts counts() const;

 private:
  using Held = std::shared_ptr<LiveAttempt>;
  enum class EndedBy : std::uint8_t { handler, stop, watcher };
  enum class Taking : std::uint8_t { open, closed };
  enum class Watching : std::uint8_t { on, over };

  void submit(const Held& held);
  void fill_http_lane();
  void free_http_place();
  bool begin(const Held& held);
  void run(const Held& held);
  void launch(const Held& held);
  Result<std::shared_ptr<AttemptSession>> open_session(const Held& held);
  void ask(const Held& held, const StopRequest& request);
  void watch();
  void act(const OverdueAttempt& overdue);
  void settle(const Held& held, AttemptEnding ending, EndedBy by);
  bool claim(const Held& held, EndedBy by);
  void count(const AttemptFinished& report);
  void wait_until_idle(Duration limit);
  std::vector<Held> close();
  [[nodiscard]] std::vector<Held> held_now() const;
  ThreadLane* thread_lane(Lane lane);

  const ExecutionPorts ports_;
  const LaneOptions lanes_;
  mutable std::mutex mutex_;
  std::condition_variable look_again_;  // For the watcher: an earlier time, or the end.
  std::condition_variable changed_;     // For drain: an attempt has begun or ended.
  LiveAttempts live_;
  ExecutionCounts counts_;
  std::vector<AttemptId> unfinished_;
  std::deque<Held> http_waiting_;
  std::uint32_t http_running_ = 0;
  std::uint64_t reporting_ = 0;  // Ended attempts whose report is on its way.
  std::uint64_t stuck_ = 0;      // Handlers given up that have not returned.
  Tick next_look_ = Tick::max();
  Taking taking_ = Taking::open;
  Watching watching_ = Watching::on;
  ThreadLane instant_;
  ThreadLane cpu_;
  ThreadLane blocking_;
  std::thread watcher_;
};

}  // namespace carillon
