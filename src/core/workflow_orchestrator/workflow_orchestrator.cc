#include "core/workflow_orchestrator/workflow_orchestrator.h"

#include <array>
#include <utility>

#include "core/dispatch_table.h"
#include "core/keyed_state.h"
#include "core/workflow_orchestrator/moves.h"
#include "domain/id/derived_ids.h"

namespace carillon {
namespace {

using namespace workflow_orchestrator;

constexpr std::array kTable{
    dispatch_row<step_finished>(RecordType::step_finished),
    dispatch_row<workflow_started>(RecordType::workflow_started),
    dispatch_row<workflow_cancelled>(RecordType::workflow_cancelled),
    dispatch_row<due>(RecordType::due),
    dispatch_row<clock_stepped>(RecordType::clock_stepped),
};

Result<void> load_graph(OpenWorkflow& workflow) {
  const WorkflowStage stage = workflow.header.stage;
  if (stage == WorkflowStage::absent || stage == WorkflowStage::finished) return {};
  auto plan = load_state<WorkflowPlan>(workflow.context, kPlanSubkey);
  if (!plan) return fail(std::move(plan.error()));
  if (!*plan || (*plan)->graph.steps.size() != workflow.header.steps.size()) {
    return fail(ErrorCode::corrupt, "The plan of a running workflow is missing or another one.");
  }
  workflow.graph = std::move((*plan)->graph);
  return {};
}

}  // namespace

Result<void> WorkflowOrchestrator::on_record(Context& context, const Record& record) {
  const auto run = parse_workflow_key(context.key());
  if (!run) return fail(ErrorCode::corrupt, "The key of a workflow run must have 20 bytes.");
  const std::optional<Bytes> before = context.get(kHeaderSubkey);
  auto header = before ? decode_state<WorkflowHeader>(*before) : WorkflowHeader{};
  if (!header) return fail(std::move(header.error()));

  OpenWorkflow workflow{.context = context, .run = *run, .header = std::move(*header), .graph = {}};
  if (auto loaded = load_graph(workflow); !loaded) return loaded;
  if (auto moved = dispatch_record(kTable, workflow, record); !moved) return moved;
  if (auto advanced = advance(workflow); !advanced) return advanced;

  if (workflow.header.stage == WorkflowStage::absent) {
    if (before) context.erase(kHeaderSubkey);
    return {};
  }
  Bytes after = encode_state(workflow.header);
  if (after != before) context.put(kHeaderSubkey, std::move(after));
  return {};
}

}  // namespace carillon
