// The names of things: tasks, runs, attempts, slots, commands, queues, workers. Values.
//
// A run is numbered within its task and an attempt within its run, so their ids are derived and a
// replay gives the same ones. Text forms: run `<task id>.<n>`, attempt `<task id>.<n>.<m>`, slot
// `<task id>:<series>:<nominal instant>`.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "base/fields.h"
#include "base/instant.h"
#include "base/strong_id.h"
#include "base/uuid.h"

namespace carillon {

using TaskId = StrongId<Uuid, struct TaskIdTag>;
using CommandId = StrongId<Uuid, struct CommandIdTag>;
using QueueName = StrongId<std::string, struct QueueNameTag>;
using WorkerName = StrongId<std::string, struct WorkerNameTag>;

// Grows by one with every attempt of a task; whoever holds an older one writes nothing.
using Fence = StrongId<std::uint64_t, struct FenceTag>;

// Number of facts a task has emitted; the `version` and ETag that users see.
using TaskVersion = StrongId<std::uint64_t, struct TaskVersionTag>;

// One process life of a server. Grants of an older one are void.
using BootEpoch = StrongId<std::uint64_t, struct BootEpochTag>;

// Place of a record in the engine's history; starts at 1.
using JournalPosition = StrongId<std::uint64_t, struct JournalPositionTag>;

struct RunId {
  TaskId task;
  std::uint32_t number = 0;  // 1-based.

  friend auto operator<=>(const RunId&, const RunId&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "task", &RunId::task}, Field{2, "number", &RunId::number}};
  }
};

struct AttemptId {
  RunId run;
  std::uint32_t number = 0;  // 1-based, re-runs of lost attempts included.

  friend auto operator<=>(const AttemptId&, const AttemptId&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "run", &AttemptId::run}, Field{2, "number", &AttemptId::number}};
  }
};

// Which function of time a slot belongs to: a generation of the schedule, or a backfill.
enum class SeriesKind : std::uint8_t { generation, backfill };

struct SlotId {
  TaskId task;
  SeriesKind kind = SeriesKind::generation;
  std::uint32_t series = 0;
  Instant nominal;

  friend auto operator<=>(const SlotId&, const SlotId&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "task", &SlotId::task}, Field{2, "kind", &SlotId::kind},
                      Field{3, "series", &SlotId::series}, Field{4, "nominal", &SlotId::nominal}};
  }
};

std::string to_text(const TaskId& id);
std::string to_text(const RunId& id);
std::string to_text(const AttemptId& id);
std::string to_text(const SlotId& id);

// Each reads what to_text wrote, its hexadecimal digits in any case; anything else is nullopt.
std::optional<TaskId> parse_task_id(std::string_view text);
std::optional<RunId> parse_run_id(std::string_view text);
std::optional<AttemptId> parse_attempt_id(std::string_view text);
std::optional<SlotId> parse_slot_id(std::string_view text);

template <>
struct TextForm<RunId> {
  static std::string write(const RunId& id) { return to_text(id); }
  static std::optional<RunId> read(std::string_view text) { return parse_run_id(text); }
};
template <>
struct TextForm<AttemptId> {
  static std::string write(const AttemptId& id) { return to_text(id); }
  static std::optional<AttemptId> read(std::string_view text) { return parse_attempt_id(text); }
};
template <>
struct TextForm<SlotId> {
  static std::string write(const SlotId& id) { return to_text(id); }
  static std::optional<SlotId> read(std::string_view text) { return parse_slot_id(text); }
};

}  // namespace carillon
