#include "runtime/service/task_reader.h"

#include <array>
#include <utility>

#include "core/task_scheduler/read_task.h"

namespace carillon {

Result<std::optional<TaskSnapshot>> read_committed_task(const EngineStore& store,
                                                        const TaskId& task) {
  constexpr std::array<std::uint64_t, 3> kSubkeys{kTaskStateSubkey, kTaskDefinitionSubkey,
                                                  kTaskOutcomeSubkey};
  auto values = store.get_together(OperatorName::task_scheduler, task.value().raw(), kSubkeys);
  if (!values) return fail(std::move(values.error()));
  return read_task(task, {.state = std::move((*values)[0]),
                          .definition = std::move((*values)[1]),
                          .outcome = std::move((*values)[2])});
}

}  // namespace carillon
