// Everything that will happen to a simulated world, drawn from its seed before it begins. Values.
//
// A plan, not a stream of draws: to make a failing world smaller, events are left out and the rest
// happens as before.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "domain/task/task_definition.h"
#include "domain/task/task_status.h"
#include "runtime/engine/engine.h"
#include "runtime/service/retention_pass.h"
#include "tests/sim/sim_engine_store.h"
#include "tests/sim/sim_host.h"

namespace carillon {

enum class CallKind : std::uint8_t {
  create,
  update,
  schedule,
  pause,
  resume,
  cancel,
  retry,
  run_now,
  set_status,
  remove,
};

// One request of a client. What it says beside its kind is drawn from its own seed.
struct ClientCall {
  CallKind kind = CallKind::create;
  std::uint32_t task = 0;  // The number of the create that made, or makes, the task.
  std::uint64_t seed = 0;
  std::string request_key;  // Idempotency-Key; with one, the client asks until it is answered.
};

// The process dies, now or when it next comes to a moment, and is down for a while.
struct Crash {
  std::optional<SimMoment> at;
  Duration down;
  EngineOptions restarted_with;
};

// The next commit fails; its batch is on the disk or not.
struct CommitFails {
  ErrorCode code = ErrorCode::io_failed;
  CommitFault::Fate fate = CommitFault::Fate::dropped;
  SimHostOptions::OnFailedCommit then = SimHostOptions::OnFailedCommit::reopen;
};

struct ReadFails {
  std::uint64_t after_reads = 0;
};

struct DiskFull {
  Duration lasts;
};

// Every commit takes that long.
struct DiskSlow {
  Duration commit;
  Duration lasts;
};

// Somebody sets the wall clock.
struct ClockJump {
  Duration by;
};

struct ClockFreeze {
  Duration lasts;
};

struct QueueLimit {
  QueueName queue;
  std::optional<std::uint32_t> running_max;
};

// The worker outside the process dies and is back after a while, with a newer epoch.
struct WorkerDies {
  enum class Notice : std::uint8_t { none, at_once, late };
  Duration down;
  Notice notice = Notice::none;  // When somebody says that it is lost; late: it is back by then.
};

// One pass of retention, with the limits of the plan.
struct RetentionRuns {};

using WorldEventKind = std::variant<ClientCall, Crash, CommitFails, ReadFails, DiskFull, DiskSlow,
                                    ClockJump, ClockFreeze, QueueLimit, RetentionRuns, WorkerDies>;

struct WorldEvent {
  Duration at;  // Since the beginning, in time that passes.
  WorldEventKind what;
};

// How handlers behave, in chances out of 1000 per attempt.
struct Manners {
  std::uint64_t fails = 0;
  std::uint64_t fails_for_good = 0;
  std::uint64_t hangs = 0;  // Says nothing until it is told to stop, and then not at once.
  std::uint64_t reports_twice = 0;
  std::uint64_t ignores_stop = 0;  // Goes on and reports its result as if nothing had been said.
  std::uint64_t silent = 0;        // Sends no heartbeats.
  Duration longest = Duration::seconds(2);
};

struct WorldPlan {
  std::uint64_t seed = 0;
  Instant start;
  Duration faults_end;  // From then on nothing goes wrong and everything must come to rest.
  std::uint32_t places = 8;
  EngineOptions engine;
  Manners manners;
  RetentionLimits retention;
  std::vector<WorldEvent> events;  // Ascending by time.
};

// The world of a seed.
WorldPlan make_plan(std::uint64_t seed);

// The definition that a create says, and what an update makes of it.
TaskDefinition drawn_definition(const WorldPlan& plan, const ClientCall& create);
void change_definition(TaskDefinition& definition, const ClientCall& update);

// Whether time in this world goes on evenly: what waits is then comparable with the clock.
bool has_clock_faults(const WorldPlan& plan);

// Whether anything goes wrong in this world.
bool has_faults(const WorldPlan& plan);

// Whether retention is ever at work in this world.
bool has_retention(const WorldPlan& plan);

std::string describe(const WorldEvent& event);

}  // namespace carillon
