// A workflow run as readers see it: a pure function of stored state, for the API and for tests.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "base/result.h"
#include "core/operator.h"
#include "domain/id/ids.h"
#include "domain/run/run_row.h"
#include "domain/workflow/step_status.h"

namespace carillon {

struct StepView {
  std::string name;
  StepStatus status = StepStatus::waiting;
  std::optional<TaskId> task;  // The child task; none when the step was never started.

  friend bool operator==(const StepView&, const StepView&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "name", &StepView::name}, Field{2, "status", &StepView::status},
                      Field{3, "taskId", &StepView::task}};
  }
};

struct WorkflowView {
  RunId run;
  RunStatus status = RunStatus::running;
  std::vector<StepView> steps;  // In the order of the specification.

  friend bool operator==(const WorkflowView&, const WorkflowView&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "runId", &WorkflowView::run},
                      Field{2, "status", &WorkflowView::status},
                      Field{3, "steps", &WorkflowView::steps}};
  }
};

// What to read, under the key workflow_key(run), before calling workflow_view: header, plan.
inline constexpr std::array<Subkey, 2> kWorkflowViewSubkeys{0, 1};

// The view of a run from the two values read together.
//
// Errors  not_found      no such run was started, or it ended longer ago than
//                        limits::kWorkflowViewWindow
//         corrupt        the bytes cannot be read
//         newer_version  a newer core wrote them
Result<WorkflowView> workflow_view(const RunId& run, const std::optional<Bytes>& header,
                                   const std::optional<Bytes>& plan);

}  // namespace carillon
