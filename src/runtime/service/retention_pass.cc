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
constexpr std::size_t kRetiredPerCall = 1'000;

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

}  // namespace

struct RetentionPass::Retired {
  Key task;
  TaskVersion version;
  RecordType step;
};

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

Result<Retirement> RetentionPass::retire_tasks() {
  const Instant now = parts_.clock.wall();
  std::vector<Retired> retired;
  Retirement done;
  Key next;
  auto scanned = parts_.store.scan_state(
      OperatorName::task_scheduler, from_, [&](const StateKey& key, std::string_view bytes) {
        if (key.subkey != kTaskStateSubkey) return true;
        auto state = decode_state<TaskState>(bytes);
        const auto step = state ? retirement_of(*state, parts_.limits, now) : std::nullopt;
        if (!step) return true;
        if (retired.size() == kRetiredPerCall) {
          next = key.key;
          done.more = true;
          return false;
        }
        retired.push_back({key.key, state->version, *step});
        return true;
      });
  from_ = scanned ? std::move(next) : Key();  // After a failure from the beginning again.
  if (!scanned) return fail(std::move(scanned.error()));
  for (const Retired& each : retired) {
    if (!retire(each)) {
      from_ = each.task;
      done.more = true;
      break;
    }
    ++done.tasks;
  }
  return done;
}

// False when the engine has no room for it now.
bool RetentionPass::retire(const Retired& retired) {
  // The id follows from the task, so a repeat of the pass asks for the same command.
  CommandHeader header{.by = "retention"};
  if (const auto uuid = uuid_from_raw(retired.task)) header.id = CommandId{*uuid};
  // Somebody may have given it new work since it was read.
  header.expected_version = retired.version;
  Bytes payload = retired.step == RecordType::purge_task ? to_wire(PurgeTask{.header = header})
                                                         : to_wire(DeleteTask{.header = header});
  return parts_.intake
      .submit({.to = OperatorName::task_scheduler,
               .type = retired.step,
               .input_class = InputClass::droppable,
               .key = retired.task,
               .payload = std::move(payload)})
      .has_value();
}

}  // namespace carillon
