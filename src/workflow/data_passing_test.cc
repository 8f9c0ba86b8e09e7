#include "workflow/data_passing.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/limits.h"

namespace carillon {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(StepInputs, carry_each_result_as_it_was_written) {
  StepInputs inputs;
  EXPECT_EQ(inputs.json()->text(), "{}");
  inputs.add("a", JsonText(R"({"n": 9007199254740993})"));
  inputs.add("b", JsonText());
  EXPECT_EQ(inputs.json()->text(), R"({"a":{"n": 9007199254740993},"b":null})");
}

TEST(StepInputs, that_are_too_large_are_none) {
  StepInputs inputs;
  inputs.add("a", JsonText('"' + std::string(limits::kStepInputsBytes, 'x') + '"'));
  EXPECT_EQ(inputs.json(), std::nullopt);
}

TEST(WorkflowResult, has_results_and_states_by_step) {
  const StepGraph graph{.steps = {{.name = "a"}, {.name = "b"}}};
  const std::vector statuses{StepStatus::completed, StepStatus::failed};
  WorkflowResult result(graph, statuses);
  result.add(0, JsonText("[1]"));
  EXPECT_EQ(result.json().text(),
            R"({"results":{"a":[1]},"steps":{"a":"COMPLETED","b":"FAILED"}})");
}

TEST(WorkflowResult, replaces_what_does_not_fit_by_null_and_names_it) {
  const StepGraph graph{.steps = {{.name = "a"}, {.name = "b"}, {.name = "c"}}};
  const std::vector statuses(3, StepStatus::completed);
  WorkflowResult result(graph, statuses);
  result.add(0, JsonText("1"));
  result.add(1, JsonText('"' + std::string(limits::kResultBytes, 'x') + '"'));
  result.add(2, JsonText("3"));
  EXPECT_THAT(result.json().text(), StartsWith(R"({"results":{"a":1,"b":null,"c":3})"));
  EXPECT_THAT(result.json().text(), HasSubstr(R"("truncated":["b"]})"));
}

TEST(WorkflowResult, always_fits_its_bound) {
  StepGraph graph;
  for (std::size_t i = 0; i < limits::kWorkflowSteps; ++i) {
    const std::string number = std::to_string(1000 + i);
    graph.steps.push_back({.name = std::string(limits::kStepNameBytes - 4, 'n') + number});
  }
  const std::vector statuses(graph.steps.size(), StepStatus::completed);
  for (const std::size_t bytes : {4U, 5U, 100U, 1000U, 60'000U, 70'000U}) {
    WorkflowResult result(graph, statuses);
    for (std::uint32_t at = 0; at < graph.steps.size(); ++at) {
      result.add(at, JsonText('"' + std::string(bytes - 2, 'x') + '"'));
    }
    EXPECT_LE(result.json().text().size(), limits::kResultBytes);
  }
}

}  // namespace
}  // namespace carillon
