// What is known of a simulated world when it has ended: what the world was told and what witnesses
// outside the product saw. Checkers read this and nothing else. Values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/record/facts.h"
#include "domain/record/task_messages.h"
#include "ports/engine_store.h"
#include "tests/sim/world/world_plan.h"

namespace carillon {

// What a client knows of one of its calls. Without an answer it knows nothing.
struct ClientRecord {
  enum class Outcome : std::uint8_t { not_sent, unknown, done, refused };

  ClientCall call;
  Outcome outcome = Outcome::not_sent;
  std::optional<ErrorCode> refusal;
  std::optional<TaskId> task;
  TaskVersion version;
  std::optional<RunId> run;
  std::optional<TaskDefinition> asked;  // Of a create.
  std::optional<TaskSnapshot> told;     // The task as the answer to a create shows it.
  std::optional<Duration> first_sent;
  bool gave_up = false;  // The window in which its request key is remembered was over.
  Duration answered_at;
  std::size_t starts_before = 0;  // Attempts that handlers had begun when the answer came.
};

// The name under which a client asks, by the place of its record: each asks once.
std::string client_name(std::size_t record);

// One handler that was begun.
struct HandlerRecord {
  AttemptDispatched dispatched;
  Duration began;
  std::string token;  // The result it reports, unlike any other.
  std::optional<FinishKind> reported;
  bool beats = false;  // Sends its heartbeats in time.
  bool told_to_stop = false;
  bool died = false;                 // With its process.
  std::size_t began_as = 0;          // Its place among all handlers.
  std::size_t reported_before = 0;   // How many had begun when it reported.
  std::optional<std::string> rival;  // Another attempt of its task that was at work when it began.
};

// Whether it ran in the worker outside the process.
bool is_outside(const HandlerRecord& handler);

struct EpochRecord {
  BootEpoch epoch;
  Duration up;
  JournalPosition begins_after;  // The last one of the life before.
};

// One pass of retention.
struct RetentionRecord {
  Instant at;                 // By the wall clock.
  JournalPosition kept_from;  // What the store has afterwards begins there.
};

struct History {
  WorldPlan plan;
  std::vector<ClientRecord> clients;
  std::vector<HandlerRecord> handlers;
  std::vector<EpochRecord> epochs;
  std::vector<RetentionRecord> passes;
  std::vector<FactRecord> released;  // In the order in which the world was told.
  // All topics, by position: as the store has them at the end, behind what it was told to forget.
  std::vector<FactRecord> durable;
  std::vector<JournalRecord> journal;
  std::vector<DeadLetter> dead_letters;
  std::map<TaskId, TaskSnapshot> committed;  // Tasks as the store has them at the end.
  Instant ended;                             // By the wall clock.
  Duration passed;
  bool at_rest = false;  // Nothing was left to do but to wait for time.
  std::uint64_t commits = 0;
};

// How many slots were decided, those of ranges counted.
std::uint64_t slots_of(const History& history);

// Names everything that happened: equal for equal worlds.
std::uint64_t hash_of(const History& history);

}  // namespace carillon
