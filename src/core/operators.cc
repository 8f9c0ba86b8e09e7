#include "core/operators.h"

#include <utility>

#include "core/command_deduplicator/command_deduplicator.h"
#include "core/queue_dispatcher/queue_dispatcher.h"
#include "core/workflow_orchestrator/workflow_orchestrator.h"

namespace carillon {

std::unique_ptr<Operator> make_operator(OperatorName name) {
  switch (name) {
    case OperatorName::task_scheduler:
      return nullptr;
    case OperatorName::queue_dispatcher:
      return std::make_unique<QueueDispatcher>();
    case OperatorName::workflow_orchestrator:
      return std::make_unique<WorkflowOrchestrator>();
    case OperatorName::command_deduplicator:
      return std::make_unique<CommandDeduplicator>();
  }
  std::unreachable();
}

}  // namespace carillon
