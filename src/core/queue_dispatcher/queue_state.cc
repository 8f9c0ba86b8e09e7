#include "core/queue_dispatcher/queue_state.h"

#include <algorithm>

#include "core/keyed_state.h"
#include "core/subkeys.h"

namespace carillon::queue_dispatcher {
namespace {

constexpr std::uint8_t kChunkKind = 1;
constexpr std::uint8_t kSlotKind = 2;
constexpr std::uint8_t kTaskKind = 3;

constexpr int kSlotBits = 24;

}  // namespace

AttemptPlace* TaskEntry::find(Fence fence) {
  const auto found = std::ranges::find(attempts, fence, &AttemptPlace::fence);
  return found == attempts.end() ? nullptr : &*found;
}

void TaskEntry::erase(Fence fence) {
  std::erase_if(attempts, [&](const AttemptPlace& place) { return place.fence == fence; });
}

TaskEntry* TaskBucket::find(const TaskId& task) {
  const auto found = std::ranges::find(tasks, task, &TaskEntry::task);
  return found == tasks.end() ? nullptr : &*found;
}

TaskEntry& TaskBucket::find_or_add(const TaskId& task) {
  if (TaskEntry* entry = find(task)) return *entry;
  return tasks.emplace_back(TaskEntry{.task = task});
}

void TaskBucket::erase(const TaskId& task) {
  std::erase_if(tasks, [&](const TaskEntry& entry) { return entry.task == task; });
}

Subkey chunk_subkey(std::uint64_t chunk) { return numbered_subkey(kChunkKind, chunk); }

Subkey slot_subkey(std::uint32_t worker, std::uint32_t slot) {
  return numbered_subkey(kSlotKind, (std::uint64_t{worker} << kSlotBits) | slot);
}

Subkey task_subkey(const TaskId& task) { return hashed_subkey(kTaskKind, task.value().raw()); }

Result<TaskBucket> load_bucket(Context& context, const TaskId& task) {
  auto bucket = load_state<TaskBucket>(context, task_subkey(task));
  if (!bucket) return fail(std::move(bucket.error()));
  return std::move(*bucket).value_or(TaskBucket{});
}

void store_bucket(Context& context, const TaskId& task, const TaskBucket& bucket) {
  if (bucket.tasks.empty()) {
    context.erase(task_subkey(task));
  } else {
    store_state(context, task_subkey(task), bucket);
  }
}

}  // namespace carillon::queue_dispatcher
