#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/keyed_state.h"
#include "core/workflow_orchestrator/child_tasks.h"
#include "core/workflow_orchestrator/moves.h"
#include "domain/limits.h"
#include "workflow/data_passing.h"
#include "workflow/readiness.h"

namespace carillon::workflow_orchestrator {
namespace {

// The inputs of a step, none when they are too large.
Result<std::optional<JsonText>> inputs_of(OpenWorkflow& workflow, std::uint32_t step) {
  StepInputs inputs;
  for (const std::uint32_t dependency : workflow.graph.steps[step].depends_on) {
    auto stored = load_state<StepResult>(workflow.context, result_subkey(dependency));
    if (!stored) return fail(std::move(stored.error()));
    inputs.add(workflow.graph.steps[dependency].name, *stored ? (*stored)->result : JsonText());
  }
  return inputs.json();
}

Result<void> start_step(OpenWorkflow& workflow, std::uint32_t step) {
  auto stored = load_state<StoredStep>(workflow.context, step_subkey(step));
  if (!stored) return fail(std::move(stored.error()));
  if (!*stored) return fail(ErrorCode::corrupt, "A step of a running workflow is missing.");
  auto inputs = inputs_of(workflow, step);
  if (!inputs) return fail(std::move(inputs.error()));
  if (!*inputs) {
    end_as(workflow, RunStatus::failed,
           fmt::format("Step {} was not started: the results it takes in exceed {} bytes.",
                       workflow.graph.steps[step].name, limits::kStepInputsBytes));
    return {};
  }
  create_child(workflow, (*stored)->step, std::move(**inputs));
  workflow.header.steps[step] = StepStatus::running;
  return {};
}

Result<void> start_ready_steps(OpenWorkflow& workflow) {
  for (const std::uint32_t step :
       ready_steps(workflow.graph, workflow.header.steps, limits::kChildrenPerStep)) {
    if (auto started = start_step(workflow, step); !started) return started;
    if (workflow.header.stage != WorkflowStage::running) return {};
  }
  return {};
}

void stop_running_steps(OpenWorkflow& workflow) {
  WorkflowHeader& header = workflow.header;
  int stops_left = limits::kChildrenPerStep;
  for (; header.stopped_until < header.steps.size() && stops_left > 0; ++header.stopped_until) {
    if (header.steps[header.stopped_until] != StepStatus::running) continue;
    cancel_child(workflow, workflow.graph.steps[header.stopped_until].name, header.end_message);
    --stops_left;
  }
}

bool has_work_left(const OpenWorkflow& workflow) {
  const WorkflowHeader& header = workflow.header;
  switch (header.stage) {
    case WorkflowStage::running:
      return !ready_steps(workflow.graph, header.steps, 1).empty();
    case WorkflowStage::ending:
      return std::find(header.steps.begin() + header.stopped_until, header.steps.end(),
                       StepStatus::running) != header.steps.end();
    case WorkflowStage::absent:
    case WorkflowStage::finished:
      return false;
  }
  std::unreachable();
}

// One round: what may be done now in the stage the workflow is in.
Result<void> advance_stage(OpenWorkflow& workflow) {
  if (workflow.header.stage == WorkflowStage::running) {
    if (all_completed(workflow.header.steps)) {
      workflow.header.status = RunStatus::completed;
      return finish(workflow);
    }
    if (auto started = start_ready_steps(workflow); !started) return started;
  }
  if (workflow.header.stage == WorkflowStage::ending) {
    stop_running_steps(workflow);
    if (!any_running(workflow.header.steps)) return finish(workflow);
  }
  return {};
}

// A wake-up that is pending and not in the future is kept: asking again would change nothing.
void ask_for_next_step(OpenWorkflow& workflow) {
  const bool more = has_work_left(workflow);
  std::optional<Instant>& wake = workflow.header.wake;
  if (more ? (wake && *wake <= workflow.context.now()) : !wake) return;
  wake.reset();
  if (more) wake = workflow.context.now();
  workflow.context.wake_at(wake);
}

Result<void> begin_next(OpenWorkflow& workflow) {
  const auto next = load_state<NextStart>(workflow.context, kNextStartSubkey);
  if (!next) return fail(next.error());
  if (!*next || !(*next)->started) {
    return fail(ErrorCode::corrupt, "The next attempt of a workflow run is missing.");
  }
  workflow.context.erase(kNextStartSubkey);
  return begin(workflow, *(*next)->started);
}

}  // namespace

Result<void> advance(OpenWorkflow& workflow) {
  // While a wake-up is pending, what is left is its work alone; so a record that comes twice finds
  // nothing to do the second time.
  if (workflow.header.wake && has_work_left(workflow) &&
      *workflow.header.wake <= workflow.context.now()) {
    return {};
  }
  if (auto advanced = advance_stage(workflow); !advanced) return advanced;
  if (workflow.header.stage == WorkflowStage::finished && workflow.header.next_start) {
    if (auto begun = begin_next(workflow); !begun) return begun;
    if (auto advanced = advance_stage(workflow); !advanced) return advanced;
  }
  const WorkflowStage stage = workflow.header.stage;
  if (stage == WorkflowStage::running || stage == WorkflowStage::ending) {
    ask_for_next_step(workflow);
  }
  return {};
}

}  // namespace carillon::workflow_orchestrator
