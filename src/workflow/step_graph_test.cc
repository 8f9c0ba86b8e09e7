#include "workflow/step_graph.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/limits.h"

namespace carillon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

WorkflowStep step(std::string name, std::vector<std::string> depends_on = {}) {
  return {.name = std::move(name), .depends_on = std::move(depends_on), .type = "noop"};
}

Error error_of(std::vector<WorkflowStep> steps) {
  const auto graph = make_step_graph({.steps = std::move(steps)});
  EXPECT_FALSE(graph.has_value());
  return graph.has_value() ? Error{} : graph.error();
}

TEST(StepGraph, resolves_names_to_indexes) {
  const auto graph =
      make_step_graph({.steps = {step("a", {"c"}), step("b", {"a", "c"}), step("c")}});
  ASSERT_TRUE(graph.has_value());
  EXPECT_THAT(graph->steps[0].depends_on, ElementsAre(2));
  EXPECT_THAT(graph->steps[1].depends_on, ElementsAre(0, 2));
  EXPECT_EQ(graph->find("c"), 2U);
  EXPECT_EQ(graph->find("d"), std::nullopt);
}

TEST(StepGraph, refuses_a_workflow_without_steps) {
  EXPECT_EQ(error_of({}).code, ErrorCode::workflow_invalid);
}

TEST(StepGraph, refuses_two_steps_of_one_name) {
  const Error error = error_of({step("a"), step("a")});
  EXPECT_THAT(error.message, HasSubstr("Two steps are named a"));
  EXPECT_EQ(error.pointer, "/steps/1/name");
}

TEST(StepGraph, refuses_an_unknown_dependency_and_names_the_nearest) {
  const Error error = error_of({step("load-orders"), step("b", {"load-order"})});
  EXPECT_THAT(error.hint, HasSubstr("load-orders"));
  EXPECT_EQ(error.pointer, "/steps/1/dependsOn/0");
}

TEST(StepGraph, refuses_a_dependency_named_twice) {
  EXPECT_EQ(error_of({step("a"), step("b", {"a", "a"})}).pointer, "/steps/1/dependsOn/1");
}

TEST(StepGraph, spells_out_a_cycle) {
  const Error error =
      error_of({step("free"), step("a", {"b"}), step("b", {"c"}), step("c", {"free", "b"})});
  EXPECT_THAT(error.message, HasSubstr("b -> c -> b"));
}

TEST(StepGraph, refuses_a_step_that_depends_on_itself) {
  EXPECT_THAT(error_of({step("a", {"a"})}).message, HasSubstr("a -> a"));
}

TEST(StepGraph, refuses_names_that_json_would_have_to_escape) {
  for (const char* name : {"", "a\"b", "a\\b", "a\nb", "a\x7f", "\xff"}) {
    EXPECT_EQ(error_of({step(name)}).pointer, "/steps/0/name") << name;
  }
  EXPECT_EQ(error_of({step(std::string(limits::kStepNameBytes + 1, 'x'))}).pointer,
            "/steps/0/name");
  EXPECT_TRUE(make_step_graph({.steps = {step("Übergabe 2/3")}}).has_value());
}

TEST(StepGraph, refuses_a_workflow_inside_a_workflow) {
  WorkflowStep inner = step("inner");
  inner.lane = Lane::workflow;
  EXPECT_EQ(error_of({inner}).pointer, "/steps/0/type");
}

TEST(StepGraph, is_bounded_in_steps_and_dependencies) {
  std::vector<WorkflowStep> steps;
  for (std::size_t i = 0; i < limits::kWorkflowSteps; ++i) steps.push_back(step(std::to_string(i)));
  EXPECT_TRUE(make_step_graph({.steps = steps}).has_value());

  std::vector<WorkflowStep> dense = steps;
  for (std::size_t i = 0; i < dense.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) dense[i].depends_on.push_back(dense[j].name);
  }
  EXPECT_THAT(error_of(dense).message, HasSubstr("dependencies in all"));

  steps.push_back(step("one more"));
  EXPECT_THAT(error_of(steps).message, HasSubstr("more than 200 steps"));
}

}  // namespace
}  // namespace carillon
