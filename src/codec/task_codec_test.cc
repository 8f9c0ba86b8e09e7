#include "codec/task_codec.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "codec/json_document.h"
#include "domain/limits.h"

namespace carillon {
namespace {

TaskDefinition read(std::string_view json) {
  auto definition = read_task_definition(json);
  EXPECT_TRUE(definition.has_value()) << definition.error().front().message;
  return definition.value_or(TaskDefinition{});
}

Error first_fault(std::string_view json) {
  auto definition = read_task_definition(json);
  EXPECT_FALSE(definition.has_value()) << json;
  return definition ? Error{} : definition.error().front();
}

TEST(TaskCodec, reads_the_specifications_example) {
  const TaskDefinition task = read(R"({"name": "Sample Task", "description": "A sample task",
      "cronExpression": "0 */5 * * * *", "parameters": {"type": "data_processing"},
      "createdBy": "user1", "maxRetries": 3, "retryDelayMs": 5000})");
  EXPECT_EQ(task.name, "Sample Task");
  EXPECT_EQ(task.schedule.cron_expression, "0 */5 * * * *");
  EXPECT_EQ(task.schedule.cron_dialect, CronDialect::auto_detect);
  EXPECT_EQ(task.type, "data_processing");
  EXPECT_EQ(task.max_retries, 3U);
  EXPECT_EQ(task.retry_delay, Duration::seconds(5));
  EXPECT_EQ(task.parameters.text(), R"({"type":"data_processing"})");
}

TEST(TaskCodec, names_the_nearest_field_for_a_typo) {
  const Error error = first_fault(R"({"name":"x","cronExpresion":"0 0 * * * *"})");
  EXPECT_EQ(error.code, ErrorCode::unknown_field);
  EXPECT_EQ(error.pointer, "/cronExpresion");
  EXPECT_EQ(error.hint, "Did you mean 'cronExpression'?");
}

TEST(TaskCodec, names_our_field_for_the_habits_of_other_schedulers) {
  EXPECT_EQ(first_fault(R"({"name":"x","cron":"0 0 * * * *"})").hint,
            "Did you mean 'cronExpression'?");
  const Error error = first_fault(R"({"name":"x","type":"http"})");
  EXPECT_EQ(error.code, ErrorCode::unknown_field);
  EXPECT_EQ(error.pointer, "/type");
  EXPECT_EQ(error.hint, R"(Write "parameters": {"type": "http"}.)");
}

TEST(TaskCodec, says_which_field_must_be_what) {
  EXPECT_EQ(first_fault(R"({"name":1})").message, "name must be a string.");
  EXPECT_EQ(first_fault(R"({"maxRetries":-1})").message, "maxRetries must be 0 or more, not -1.");
  EXPECT_EQ(first_fault(R"({"maxRetries":"3"})").message, "maxRetries must be a whole number.");
  EXPECT_EQ(first_fault(R"({"maxRetries":4294967296})").message,
            "maxRetries must be smaller than 4294967296.");
  EXPECT_EQ(first_fault(R"({"timeouts":{"attemptMs":1.5}})").message,
            "timeouts.attemptMs must be a whole number.");
  EXPECT_EQ(first_fault(R"({"parameters":[]})").message, "parameters must be an object.");
}

TEST(TaskCodec, collects_every_fault_with_its_pointer) {
  const auto faults =
      read_task_definition(R"({"name":1,"maxRetries":-1,"timeouts":{"attemptMs":"x"},)"
                           R"("overlap":"sometimes","tags":[1]})");
  ASSERT_FALSE(faults.has_value());
  std::vector<std::string> pointers;
  for (const Error& error : faults.error()) pointers.push_back(error.pointer);
  EXPECT_EQ(pointers, (std::vector<std::string>{"/name", "/maxRetries", "/timeouts/attemptMs",
                                                "/overlap", "/tags/0"}));
}

// A body of 1 MiB was answered with 47 MiB of faults.
TEST(TaskCodec, tells_a_bounded_number_of_faults) {
  std::string text = R"({"tags": [1)";
  for (int i = 0; i < 1000; ++i) text += ",1";
  text += "]";
  for (int i = 0; i < 1000; ++i) text += ", \"unknown" + std::to_string(i) + "\": 1";
  const auto read = read_task_definition(text + "}");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().size(), limits::kFaults);
}

TEST(TaskCodec, refuses_a_batch_of_too_many_before_it_reads_them) {
  std::string text = "[{}";
  for (std::size_t i = 0; i < limits::kBatchItems; ++i) text += ",{}";
  const auto read = read_task_definitions(text + "]");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().front().code, ErrorCode::batch_too_large);
}

TEST(TaskCodec, reads_no_more_steps_than_show_that_they_are_too_many) {
  std::string text = R"({"name": "x", "parameters": {"type": "workflow", "steps": [{})";
  for (int i = 0; i < 10'000; ++i) text += ",{}";
  const auto read = read_task_definition(text + "]}}");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->workflow->steps.size(), limits::kWorkflowSteps + 1);
}

TEST(TaskCodec, ignores_what_only_the_server_sets) {
  EXPECT_EQ(read(R"({"name":"x","id":"nonsense","status":"RUNNING","version":7})").name, "x");
}

TEST(TaskCodec, writes_null_for_a_pause_without_a_reason) {
  TaskSnapshot task{.definition = read(R"({"name":"x"})")};
  task.row.pause.emplace();
  std::string json;
  append_task_json(json, task);
  EXPECT_NE(json.find(R"("pausedReason":null)"), std::string::npos) << json;
}

TEST(TaskCodec, keeps_parameters_exact) {
  const TaskDefinition task =
      read(R"({"name":"x","parameters":{"big":9007199254740993,"n":{"é":[1,{}]}}})");
  EXPECT_EQ(task.parameters.text(), R"({"big":9007199254740993,"n":{"é":[1,{}]}})");
}

TEST(TaskCodec, reads_back_the_task_it_writes) {
  TaskSnapshot task{.definition = read(R"({"name":"a","every":"PT1M30S","tags":["x"],
      "retry":{"backoff":"exponential","factor":1.5,"jitter":"full"},"parameters":{"k":1}})")};
  std::string json;
  append_task_json(json, task);
  EXPECT_EQ(read(json), task.definition) << json;
}

TEST(TaskCodec, merges_a_patch_and_lets_null_take_away) {
  TaskSnapshot task{.definition =
                        read(R"({"name":"a","every":"PT1M","parameters":{"k":1,"l":2}})")};
  const auto patched = patched_definition(
      task, R"({"every":null,"cronExpression":"0 0 * * * *","parameters":{"k":null,"m":3}})");
  ASSERT_TRUE(patched.has_value());
  EXPECT_FALSE(patched->schedule.every.has_value());
  EXPECT_EQ(patched->schedule.cron_expression, "0 0 * * * *");
  EXPECT_EQ(patched->parameters.text(), R"({"l":2,"m":3})");
}

TEST(TaskCodec, reads_the_steps_of_a_workflow) {
  const TaskDefinition task = read(R"({"name":"w","parameters":{"type":"workflow","steps":[
      {"name":"a","parameters":{"type":"sleep"}},
      {"name":"b","dependsOn":["a"],"maxRetries":2}]}})");
  ASSERT_TRUE(task.workflow.has_value());
  ASSERT_EQ(task.workflow->steps.size(), 2U);
  EXPECT_EQ(task.workflow->steps[0].type, "sleep");
  EXPECT_EQ(task.workflow->steps[1].type, "noop");
  EXPECT_EQ(task.workflow->steps[1].depends_on, (std::vector<std::string>{"a"}));
}

// A type beside the parameters made a child task whose parameters named none.
TEST(TaskCodec, refuses_what_is_not_a_field_of_a_step_and_says_what_to_write) {
  struct Case {
    std::string_view step;
    std::string_view pointer;
    std::string_view message;
    std::string_view hint;
  };
  constexpr std::array kCases{
      Case{R"({"name":"a","type":"sleep"})", "/type", "'type' is not a field of a step.",
           R"(Write "parameters": {"type": "sleep"}.)"},
      Case{R"({"name":"a","durationMs":5})", "/durationMs",
           "'durationMs' is not a field of a step.",
           "A step has name, parameters, dependsOn, maxRetries, retryDelayMs, attemptTimeoutMs. A "
           "setting of its type goes into \"parameters\": {\"durationMs\": 5}."},
      Case{R"({"name":"a","retries":3})", "/retries", "'retries' is not a field of a step.",
           "Did you mean 'maxRetries'?"},
      Case{R"({"name":"a","parameters":"noop"})", "/parameters", "parameters is a JSON object.",
           R"(Write "parameters": {"type": "noop"}.)"},
      Case{R"("a")", "", "A step is a JSON object.",
           R"(Write {"name": "first", "parameters": {"type": "noop"}}.)"},
  };
  for (const Case& c : kCases) {
    const Error error = first_fault(R"({"name":"w","parameters":{"type":"workflow","steps":[)" +
                                    std::string(c.step) + "]}}");
    EXPECT_EQ(error.pointer, "/parameters/steps/0" + std::string(c.pointer));
    EXPECT_EQ(error.message, c.message);
    EXPECT_EQ(error.hint, c.hint);
  }
}

TEST(TaskCodec, refuses_what_is_not_a_parameter_of_a_workflow) {
  const Error error =
      first_fault(R"({"name":"w","parameters":{"type":"workflow","step":[{"name":"a"}]}})");
  EXPECT_EQ(error.pointer, "/parameters/step");
  EXPECT_EQ(error.message, "'step' is not a parameter of a workflow.");
}

TEST(TaskCodec, gives_every_step_a_type_in_its_parameters) {
  const TaskDefinition task = read(R"({"name":"w","parameters":{"type":"workflow","steps":[
      {"name":"a"},{"name":"b","parameters":{}},{"name":"c","parameters":{"x":1}},
      {"name":"d","parameters":{"type":"fail"}}]}})");
  std::vector<std::string> texts;
  for (const WorkflowStep& step : task.workflow->steps) texts.emplace_back(step.parameters.text());
  EXPECT_EQ(texts, (std::vector<std::string>{R"({"type":"noop"})", R"({"type":"noop"})",
                                             R"({"type":"noop","x":1})", R"({"type":"fail"})"}));
}

TEST(TaskCodec, says_where_the_type_of_a_task_is_written) {
  const Error error = first_fault(R"({"name":"x","type":"http"})");
  EXPECT_EQ(error.code, ErrorCode::unknown_field);
  EXPECT_EQ(error.pointer, "/type");
  EXPECT_EQ(error.hint, R"(Write "parameters": {"type": "http"}.)");
}

TEST(TaskCodec, writes_valid_json_with_all_specified_fields) {
  TaskSnapshot task;
  std::string json;
  append_task_json(json, task);
  auto document = JsonDocument::parse(json);
  ASSERT_TRUE(document.has_value());
  for (const char* name :
       {"id", "name", "description", "status", "cronExpression", "nextExecutionTime", "createdAt",
        "updatedAt", "parameters", "createdBy", "assignedTo", "retryCount", "currentRetries",
        "maxRetries", "retryDelayMs", "executionResult", "errorMessage"}) {
    EXPECT_EQ(document->root()[name].error(), simdjson::SUCCESS) << name;
  }
}

}  // namespace
}  // namespace carillon
