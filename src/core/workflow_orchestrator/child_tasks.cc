#include "core/workflow_orchestrator/child_tasks.h"

#include <string_view>
#include <utility>

#include "domain/id/derived_ids.h"
#include "domain/limits.h"
#include "domain/record/commands.h"

namespace carillon::workflow_orchestrator {
namespace {

// A replay must send the same command, and nobody waits for its answer.
CommandHeader header_for(const TaskId& child, std::string_view verb) {
  const std::string seed = std::string(child.value().raw()) + std::string(verb);
  return {.id = CommandId(derived_uuid(seed)), .by = "workflow"};
}

// "<workflow>/<step>", cut in the workflow's part, between characters, where it is too long.
std::string child_name(std::string_view workflow, std::string_view step) {
  const std::size_t room = limits::kNameBytes - step.size() - 1;
  if (workflow.size() > room) {
    std::size_t end = room;
    while (end > 0 && (static_cast<unsigned char>(workflow[end]) & 0xc0) == 0x80) --end;
    workflow = workflow.substr(0, end);
  }
  return std::string(workflow) + '/' + std::string(step);
}

TaskDefinition definition_of(const OpenWorkflow& workflow, const WorkflowStep& step) {
  TaskDefinition definition;
  definition.name = child_name(workflow.header.name, step.name);
  if (!step.type.empty()) definition.type = step.type;
  definition.lane = step.lane;
  definition.parameters = step.parameters;
  definition.max_retries = step.max_retries;
  definition.retry_delay = step.retry_delay;
  if (step.attempt_timeout) definition.timeouts.attempt = *step.attempt_timeout;
  definition.queue = workflow.header.queue;
  definition.priority = workflow.header.priority;
  definition.created_by = workflow.header.created_by;
  definition.parent = TaskParent{.workflow_run = workflow.run, .step = step.name};
  return definition;
}

}  // namespace

void create_child(OpenWorkflow& workflow, const WorkflowStep& step, JsonText inputs) {
  const TaskId child = child_id(workflow.run, workflow.header.fence, step.name);
  CreateTask create{.header = header_for(child, "create"),
                    .definition = definition_of(workflow, step),
                    .schedule = true};
  create.definition.inputs = std::move(inputs);
  workflow.context.send(OperatorName::task_scheduler, Key(child.value().raw()),
                        RecordType::create_task, to_wire(create));
}

void cancel_child(OpenWorkflow& workflow, const std::string& step, const std::string& reason) {
  const TaskId child = child_id(workflow.run, workflow.header.fence, step);
  workflow.context.send(
      OperatorName::task_scheduler, Key(child.value().raw()), RecordType::cancel_task,
      to_wire(CancelTask{.header = header_for(child, "cancel"), .reason = reason}));
}

}  // namespace carillon::workflow_orchestrator
