#include "runtime/service/retention_pass.h"

#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "base/wire.h"
#include "core/keyed_state.h"
#include "domain/record/commands.h"

namespace carillon {

namespace {

constexpr std::string_view kMarksBlob = "retention/marks";
constexpr std::size_t kMarksMax = 24 * 366;
constexpr std::size_t kRetiredPerPass = 10'000;

// Where the history stood at a pass.
struct Mark {
  Instant at;
  JournalPosition position;

  static constexpr auto fields() {
    return std::tuple{Field{1, "at", &Mark::at}, Field{2, "position", &Mark::position}};
  }
};

struct Marks {
  std::vector<Mark> marks;

  static constexpr auto fields() { return std::tuple{Field{1, "marks", &Marks::marks}}; }
};

std::optional<RecordType> retirement_of(const TaskState& state, const RetentionLimits& limits,
                                        Instant now) {
  if (state.deleted_at) {
    const bool old = *state.deleted_at + limits.deleted_tasks < now;
    return old ? std::optional(RecordType::purge_task) : std::nullopt;
  }
  const bool finished =
      state.status == TaskStatus::completed || state.status == TaskStatus::cancelled;
  const bool old = state.updated_at + limits.finished_tasks < now;
  return finished && old ? std::optional(RecordType::delete_task) : std::nullopt;
}

struct Retired {
  Key task;
  TaskState state;
  RecordType step;
};

}  // namespace

Result<void> RetentionPass::forget_records() {
  auto bytes = parts_.store.get_blob(kMarksBlob);
  if (!bytes) return fail(std::move(bytes.error()));
  Marks marks;
  if (*bytes) {
    if (auto read = from_wire<Marks>(**bytes)) marks = std::move(*read);
  }
  const Instant now = parts_.clock.wall();
  marks.marks.push_back({.at = now, .position = parts_.store.mark().last_position});
  std::optional<JournalPosition> until;
  while (!marks.marks.empty() &&
         (marks.marks.front().at + parts_.limits.records < now || marks.marks.size() > kMarksMax)) {
    until = marks.marks.front().position;
    marks.marks.erase(marks.marks.begin());
  }
  if (until) {
    if (auto forgotten = parts_.store.forget_until(*until); !forgotten) return forgotten;
  }
  return parts_.store.put_blob(kMarksBlob, to_wire(marks));
}

Result<void> RetentionPass::retire_tasks() {
  const Instant now = parts_.clock.wall();
  std::vector<Retired> retired;
  const auto scanned = parts_.store.scan_state(
      OperatorName::task_scheduler, [&](const StateKey& key, std::string_view bytes) {
        if (key.subkey != kTaskStateSubkey) return true;
        auto state = decode_state<TaskState>(bytes);
        if (state) {
          if (const auto step = retirement_of(*state, parts_.limits, now)) {
            retired.push_back({key.key, std::move(*state), *step});
          }
        }
        return retired.size() < kRetiredPerPass;
      });
  for (const Retired& each : retired) retire(each.task, each.state, each.step);
  return scanned;
}

void RetentionPass::retire(const Key& task, const TaskState& state, RecordType step) {
  // The id follows from the task, so a repeat of the pass asks for the same command.
  CommandHeader header{.by = "retention"};
  if (const auto uuid = uuid_from_raw(task)) header.id = CommandId{*uuid};
  // Somebody may have given it new work since it was read.
  header.expected_version = state.version;
  Bytes payload = step == RecordType::purge_task ? to_wire(PurgeTask{.header = header})
                                                 : to_wire(DeleteTask{.header = header});
  // What is refused now is asked for again at the next pass.
  std::ignore = parts_.intake.submit({.to = OperatorName::task_scheduler,
                                      .type = step,
                                      .input_class = InputClass::droppable,
                                      .key = task,
                                      .payload = std::move(payload)});
}

}  // namespace carillon
