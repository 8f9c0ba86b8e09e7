// WorkflowOrchestrator: runs the steps of a workflow run as child tasks, in the order of their
// graph.
//
// Operator; key = workflow_key(run). It emits no facts: its state is read by workflow_view, its end
// is told to the task it belongs to. Mechanism: docs/internals/workflows.md.
#pragma once

#include "core/operator.h"

namespace carillon {

class WorkflowOrchestrator final : public Operator {
 public:
  Result<void> on_record(Context& context, const Record& record) override;
};

}  // namespace carillon
