#include "server/retention.h"

#include <chrono>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/wire.h"
#include "core/keyed_state.h"
#include "core/task_scheduler/task_state.h"
#include "domain/record/commands.h"
#include "ports/thread_name.h"

namespace carillon::server {
namespace {

constexpr std::chrono::hours kPause{1};
constexpr std::string_view kMarksBlob = "retention/marks";
constexpr std::size_t kMarksMax = 24 * 366;
constexpr std::size_t kRetiredPerPass = 10'000;

}  // namespace

// Where the history stood at an hour: positions carry no time of their own.
struct Mark {
  Instant at;
  JournalPosition position;
  friend bool operator==(const Mark&, const Mark&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "at", &Mark::at}, Field{2, "position", &Mark::position}};
  }
};
struct Marks {
  std::vector<Mark> marks;
  friend bool operator==(const Marks&, const Marks&) = default;
  static constexpr auto fields() { return std::tuple{Field{1, "marks", &Marks::marks}}; }
};

namespace {

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

Retention::Retention(Parts parts)
    : parts_(parts), thread_([this] {
        name_this_thread("retention");
        run();
      }) {}

Retention::~Retention() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  bell_.notify_one();
  thread_.join();
}

void Retention::run() {
  std::unique_lock lock(mutex_);
  // Not at once: a start has better things to do with the disk.
  while (!bell_.wait_for(lock, kPause, [this] { return ending_; })) {
    lock.unlock();
    pass();
    lock.lock();
  }
}

void Retention::pass() {
  if (auto pruned = parts_.history.prune(parts_.clock.wall(), PruneMode::remove)) {
    if (pruned->runs + pruned->logs > 0) {
      parts_.log.info("retention", {{"runs", std::to_string(pruned->runs)},
                                    {"logs", std::to_string(pruned->logs)}});
    }
  } else {
    parts_.log.warn("retention failed", {{"error", pruned.error().message}});
  }
  forget_records();
  retire_tasks();
}

void Retention::forget_records() {
  auto bytes = parts_.store.get_blob(kMarksBlob);
  if (!bytes) return;
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
    if (auto forgotten = parts_.store.forget_until(*until); !forgotten) {
      parts_.log.warn("retention failed", {{"error", forgotten.error().message}});
      return;
    }
  }
  std::ignore = parts_.store.put_blob(kMarksBlob, to_wire(marks));
}

void Retention::retire_tasks() {
  const Instant now = parts_.clock.wall();
  std::vector<std::pair<Key, RecordType>> retired;
  const auto scanned = parts_.store.scan_state(
      OperatorName::task_scheduler, [&](const StateKey& key, std::string_view bytes) {
        if (key.subkey != kTaskStateSubkey) return true;
        const auto state = decode_state<TaskState>(bytes);
        if (state) {
          if (const auto type = retirement_of(*state, parts_.limits, now)) {
            retired.emplace_back(key.key, *type);
          }
        }
        return retired.size() < kRetiredPerPass;
      });
  if (!scanned) parts_.log.warn("retention failed", {{"error", scanned.error().message}});
  for (const auto& [key, type] : retired) submit_retirement(key, type);
}

void Retention::submit_retirement(const Key& task, RecordType type) {
  // The id follows from the task and the step, so a repeat of the pass asks for the same command.
  CommandHeader header{.by = "retention"};
  if (const auto uuid = uuid_from_raw(task)) header.id = CommandId{*uuid};
  Bytes payload = type == RecordType::purge_task ? to_wire(PurgeTask{.header = header})
                                                 : to_wire(DeleteTask{.header = header});
  std::ignore = parts_.intake.submit({.to = OperatorName::task_scheduler,
                                      .type = type,
                                      .input_class = InputClass::droppable,
                                      .key = task,
                                      .payload = std::move(payload)});
}

}  // namespace carillon::server
