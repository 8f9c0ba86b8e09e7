// The graph of a workflow's steps, checked: names are unique, dependencies exist, nothing waits for
// itself. Value and rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "base/result.h"
#include "domain/workflow/workflow_spec.h"

namespace carillon {

struct StepNode {
  std::string name;
  std::vector<std::uint32_t> depends_on;  // Indexes of steps, as the user listed them.

  friend bool operator==(const StepNode&, const StepNode&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "name", &StepNode::name},
                      Field{2, "dependsOn", &StepNode::depends_on}};
  }
};

// Steps in the order of the specification; a step's index names it inside the machine.
struct StepGraph {
  std::vector<StepNode> steps;

  friend bool operator==(const StepGraph&, const StepGraph&) = default;
  static constexpr auto fields() { return std::tuple{Field{1, "steps", &StepGraph::steps}}; }

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const;
};

// Checks what the user wrote and resolves the names.
//
// Guarantees  every graph it returns can run to its end: there is always a step to start
// Errors      workflow_invalid  with the step at fault and `pointer` below the workflow, such as
//                               /steps/3/dependsOn/0
// Cost        linear in steps and dependencies, which limits::kWorkflowSteps and kWorkflowEdges
// bound
Result<StepGraph> make_step_graph(const WorkflowSpec& spec);

}  // namespace carillon
