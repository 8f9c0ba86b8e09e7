#include <utility>

#include <fmt/format.h>

#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/slots.h"
#include "core/task_scheduler/status.h"
#include "core/task_scheduler/supported.h"

namespace carillon {

Result<TaskAnswer> create_task(TaskStep& step, const CreateTask& command) {
  if (step.exists()) {
    // Ids are made by the server, so this is the same command again, or a child of a workflow that
    // was asked for twice.
    return TaskAnswer{.created = true};
  }
  if (auto supported = refuse_unsupported(command.definition); !supported) {
    return fail(std::move(supported.error()));
  }
  step.come_into_being();
  step.state.created_at = step.now();
  step.set_definition(command.definition);
  step.add_fact_of_definition(FactType::task_created).by = command.header.by;
  if (!command.schedule) return TaskAnswer{.created = true};

  if (auto armed = arm(step, std::nullopt, GenerationStart::arming); !armed) {
    return fail(std::move(armed.error()));
  }
  step.state.status = TaskStatus::scheduled;
  step.add_fact(FactType::task_scheduled).by = command.header.by;
  if (auto settled = settle_slots(step); !settled) return fail(std::move(settled.error()));
  settle_status(step, command.definition);
  return TaskAnswer{.created = true};
}

}  // namespace carillon
