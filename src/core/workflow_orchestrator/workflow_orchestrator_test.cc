#include "core/workflow_orchestrator/workflow_orchestrator.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/workflow_orchestrator/workflow_view.h"
#include "domain/id/derived_ids.h"
#include "domain/limits.h"
#include "domain/words.h"
#include "support/core_harness.h"

namespace carillon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const RunId kRun{.task = TaskId(derived_uuid("the workflow's task")), .number = 3};
const Key kKey = workflow_key(kRun);

WorkflowStep step(std::string name, std::vector<std::string> depends_on = {}) {
  return {.name = std::move(name), .depends_on = std::move(depends_on), .type = "noop"};
}

// extract before clean and count, both before load.
WorkflowStarted diamond(std::uint64_t fence = 1) {
  return {.run = kRun,
          .fence = Fence(fence),
          .spec = {.steps = {step("extract"), step("clean", {"extract"}),
                             step("count", {"extract"}), step("load", {"clean", "count"})}},
          .queue = QueueName("etl"),
          .priority = 7,
          .name = "nightly",
          .created_by = "ops"};
}

// A workflow run on a host that delivers everything twice; the test plays its child tasks.
class WorkflowOrchestratorTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_THAT(core.complaints(), IsEmpty()); }

  template <class Payload>
  void tell(const Payload& payload) {
    core.submit(kKey, payload);
  }

  // Names of the steps whose children were asked for since the last call; keeps their ids.
  std::vector<std::string> started() {
    std::vector<std::string> names;
    for (const auto& [key, create] : core.sent_of<CreateTask>()) {
      names.push_back(create.definition.parent->step);
      children[names.back()] = create;
      child_keys[names.back()] = key;
    }
    finishes_ = core.sent_of<WorkflowFinished>();
    cancels_ = core.sent_of<CancelTask>();
    core.forget_effects();
    return names;
  }

  // Names of the steps whose children were told to stop since the last call.
  std::vector<std::string> stopped() {
    started();
    std::vector<std::string> names;
    for (const auto& [key, cancel] : cancels_) {
      for (const auto& [name, child_key] : child_keys) {
        if (child_key == key) names.push_back(name);
      }
    }
    return names;
  }

  // How the workflow ended, if it did since the last call.
  std::optional<WorkflowFinished> finished() {
    started();
    if (finishes_.empty()) return std::nullopt;
    EXPECT_THAT(finishes_, SizeIs(1));
    EXPECT_EQ(finishes_[0].first, kRun.task.value().raw());
    return finishes_[0].second;
  }

  void end(const std::string& name, RunStatus status, Outcome outcome = {}) {
    tell(StepFinished{.step = name,
                      .task = TaskId(*uuid_from_raw(child_keys.at(name))),
                      .status = status,
                      .outcome = std::move(outcome)});
  }

  void complete(const std::string& name, std::string result = {}) {
    end(name, RunStatus::completed, {.result = JsonText(std::move(result))});
  }

  WorkflowView view() {
    return workflow_view(kRun, core.state(OperatorName::workflow_orchestrator, kKey, 0),
                         core.state(OperatorName::workflow_orchestrator, kKey, 1))
        .value();
  }

  std::string statuses() {
    std::string text;
    for (const StepView& step : view().steps) {
      text += step.name + " " + std::string(word_of(step.status)) + "; ";
    }
    return text;
  }

  CoreHarness core{
      {.operators = {OperatorName::workflow_orchestrator}, .delivery = Delivery::twice}};
  std::map<std::string, CreateTask> children;
  std::map<std::string, Key> child_keys;

 private:
  std::vector<std::pair<Key, WorkflowFinished>> finishes_;
  std::vector<std::pair<Key, CancelTask>> cancels_;
};

using WorkflowStartedTest = WorkflowOrchestratorTest;
using StepFinishedTest = WorkflowOrchestratorTest;
using WorkflowCancelledTest = WorkflowOrchestratorTest;

TEST_F(WorkflowStartedTest, starts_the_steps_that_depend_on_nothing) {
  tell(diamond());
  EXPECT_THAT(started(), ElementsAre("extract"));
  EXPECT_EQ(statuses(), "extract RUNNING; clean WAITING; count WAITING; load WAITING; ");
}

TEST_F(WorkflowStartedTest, makes_child_tasks_from_the_steps) {
  WorkflowStarted start = diamond();
  start.spec.steps[0] = {.name = "extract",
                         .type = "http",
                         .lane = Lane::http,
                         .parameters = JsonText(R"({"type":"http","url":"http://a/"})"),
                         .max_retries = 4,
                         .retry_delay = Duration::seconds(9),
                         .attempt_timeout = Duration::minutes(2)};
  tell(start);
  started();
  const CreateTask& child = children.at("extract");
  EXPECT_TRUE(child.schedule);
  EXPECT_EQ(child.header.by, "workflow");
  const TaskDefinition& definition = child.definition;
  EXPECT_EQ(definition.name, "nightly/extract");
  EXPECT_EQ(definition.type, "http");
  EXPECT_EQ(definition.lane, Lane::http);
  EXPECT_EQ(definition.parameters.text(), R"({"type":"http","url":"http://a/"})");
  EXPECT_EQ(definition.max_retries, 4U);
  EXPECT_EQ(definition.retry_delay, Duration::seconds(9));
  EXPECT_EQ(definition.timeouts.attempt, Duration::minutes(2));
  EXPECT_EQ(definition.queue, QueueName("etl"));
  EXPECT_EQ(definition.priority, 7U);
  EXPECT_EQ(definition.created_by, "ops");
  EXPECT_EQ(definition.parent, (TaskParent{.workflow_run = kRun, .step = "extract"}));
  EXPECT_EQ(definition.inputs.text(), "{}");
}

TEST_F(WorkflowStartedTest, cuts_a_long_workflow_name_between_characters) {
  WorkflowStarted start = diamond();
  start.name = std::string(limits::kNameBytes - 9, 'x') + "\u00e4";  // One byte too long.
  tell(start);
  started();
  EXPECT_EQ(children.at("extract").definition.name,
            std::string(limits::kNameBytes - 9, 'x') + "/extract");
}

TEST_F(WorkflowStartedTest, with_a_graph_that_cannot_run_fails_the_run) {
  tell(WorkflowStarted{.run = kRun, .fence = Fence(1), .spec = {.steps = {step("a", {"a"})}}});
  const auto end = finished();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->status, RunStatus::failed);
  EXPECT_EQ(end->outcome.error_code, "workflow-invalid");
  EXPECT_THAT(end->outcome.error_message, HasSubstr("a -> a"));
}

TEST_F(WorkflowStartedTest, of_a_newer_attempt_begins_when_the_older_one_has_let_go) {
  tell(diamond(1));
  started();
  const Key old_child = child_keys.at("extract");
  tell(diamond(2));
  EXPECT_THAT(stopped(), ElementsAre("extract"));
  tell(diamond(2));
  EXPECT_THAT(started(), IsEmpty());
  end("extract", RunStatus::cancelled);
  const auto sent = core.sent();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(from_wire<WorkflowFinished>(sent[0].payload)->fence, Fence(1));
  EXPECT_THAT(started(), ElementsAre("extract"));
  EXPECT_NE(child_keys.at("extract"), old_child);
}

TEST_F(WorkflowStartedTest, of_a_newer_attempt_after_the_end_begins_anew) {
  tell(diamond(1));
  started();
  end("extract", RunStatus::failed);
  started();
  tell(diamond(1));
  EXPECT_THAT(started(), IsEmpty());
  tell(diamond(2));
  EXPECT_THAT(started(), ElementsAre("extract"));
  EXPECT_EQ(core.wake_up(OperatorName::workflow_orchestrator, kKey), std::nullopt);
}

TEST_F(StepFinishedTest, of_a_diamond_runs_it_to_its_end_and_passes_results_on) {
  tell(diamond());
  started();
  complete("extract", R"({"rows": 9007199254740993})");
  EXPECT_THAT(started(), ElementsAre("clean", "count"));
  EXPECT_EQ(children.at("clean").definition.inputs.text(),
            R"({"extract":{"rows": 9007199254740993}})");
  complete("count", "42");
  EXPECT_THAT(started(), IsEmpty());
  complete("clean");
  EXPECT_THAT(started(), ElementsAre("load"));
  EXPECT_EQ(children.at("load").definition.inputs.text(), R"({"clean":null,"count":42})");
  complete("load", R"("ok")");

  const auto end = finished();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->run, 3U);
  EXPECT_EQ(end->fence, Fence(1));
  EXPECT_EQ(end->status, RunStatus::completed);
  EXPECT_EQ(end->outcome.error_code, "");
  EXPECT_EQ(end->outcome.result.text(),
            R"({"results":{"extract":{"rows": 9007199254740993},"clean":null,"count":42,)"
            R"("load":"ok"},"steps":{"extract":"COMPLETED","clean":"COMPLETED",)"
            R"("count":"COMPLETED","load":"COMPLETED"}})");
}

TEST_F(StepFinishedTest, with_a_failure_skips_what_waits_and_stops_what_runs) {
  tell(diamond());
  started();
  complete("extract", "1");
  started();
  end("clean", RunStatus::failed, {.error_code = "exit-1", .error_message = "disk on fire"});
  EXPECT_THAT(stopped(), ElementsAre("count"));
  EXPECT_EQ(statuses(), "extract COMPLETED; clean FAILED; count RUNNING; load SKIPPED; ");
  EXPECT_EQ(view().status, RunStatus::running);
  end("count", RunStatus::cancelled);

  const auto end = finished();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->status, RunStatus::failed);
  EXPECT_EQ(end->outcome.error_code, "step-failed");
  EXPECT_EQ(end->outcome.error_message, "Step clean failed: disk on fire");
  EXPECT_EQ(end->outcome.result.text(),
            R"({"results":{"extract":1},"steps":{"extract":"COMPLETED","clean":"FAILED",)"
            R"("count":"CANCELLED","load":"SKIPPED"}})");
  EXPECT_EQ(view().status, RunStatus::failed);
}

TEST_F(StepFinishedTest, of_a_cancelled_child_fails_the_workflow) {
  tell(diamond());
  started();
  end("extract", RunStatus::cancelled);
  const auto end = finished();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->status, RunStatus::failed);
  EXPECT_EQ(end->outcome.error_message, "Step extract was cancelled.");
}

TEST_F(StepFinishedTest, that_comes_late_or_from_another_task_changes_nothing) {
  tell(diamond());
  started();
  const auto before = core.states();
  tell(StepFinished{.step = "extract", .task = TaskId(derived_uuid("another"))});
  tell(StepFinished{.step = "load", .task = TaskId(derived_uuid("another"))});
  tell(StepFinished{.step = "nothing", .task = TaskId(derived_uuid("another"))});
  EXPECT_EQ(core.states(), before);
  complete("extract");
  started();
  const auto after = core.states();
  end("extract", RunStatus::failed);
  EXPECT_EQ(core.states(), after);
}

TEST_F(StepFinishedTest, with_results_too_large_for_the_next_step_fails_the_workflow) {
  WorkflowStarted wide{.run = kRun, .fence = Fence(1), .name = "wide"};
  WorkflowStep join = step("join");
  constexpr std::size_t kParts = 1 + limits::kStepInputsBytes / limits::kResultBytes;
  for (std::size_t i = 0; i < kParts; ++i) {
    wide.spec.steps.push_back(step("part" + std::to_string(i)));
    join.depends_on.push_back(wide.spec.steps.back().name);
  }
  wide.spec.steps.push_back(join);
  tell(wide);
  const std::string result = '"' + std::string(limits::kResultBytes - 2, 'x') + '"';
  for (const std::string& name : started()) complete(name, result);
  const auto end = finished();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->status, RunStatus::failed);
  EXPECT_THAT(end->outcome.error_message, HasSubstr("Step join was not started"));
  EXPECT_THAT(end->outcome.result.text(), HasSubstr(R"("join":"SKIPPED")"));
  EXPECT_THAT(end->outcome.result.text(), HasSubstr(R"("truncated":["part0",)"));
}

TEST_F(WorkflowCancelledTest, stops_what_runs_and_then_tells_the_task) {
  tell(diamond());
  started();
  complete("extract");
  started();
  tell(WorkflowCancelled{.reason = "by ops"});
  EXPECT_THAT(stopped(), ElementsAre("clean", "count"));
  complete("clean");
  EXPECT_EQ(finished(), std::nullopt);
  end("count", RunStatus::cancelled);
  const auto end = finished();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->status, RunStatus::cancelled);
  EXPECT_EQ(end->outcome.error_message, "by ops");
  EXPECT_EQ(statuses(), "extract COMPLETED; clean COMPLETED; count CANCELLED; load SKIPPED; ");
}

TEST_F(WorkflowCancelledTest, wins_over_a_failure) {
  tell(diamond());
  started();
  complete("extract");
  started();
  end("clean", RunStatus::failed);
  tell(WorkflowCancelled{.reason = "by ops"});
  EXPECT_THAT(stopped(), ElementsAre("count")) << "it was asked once, by the failure";
  end("count", RunStatus::cancelled);
  EXPECT_EQ(finished()->status, RunStatus::cancelled);
}

TEST_F(WorkflowCancelledTest, drops_a_newer_attempt_that_waits) {
  tell(diamond(1));
  started();
  tell(diamond(2));
  tell(WorkflowCancelled{});
  const auto dropped = finished();
  ASSERT_TRUE(dropped.has_value());
  EXPECT_EQ(dropped->fence, Fence(2));
  end("extract", RunStatus::cancelled);
  const auto end = finished();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->fence, Fence(1));
}

TEST_F(WorkflowCancelledTest, of_an_unknown_or_finished_run_changes_nothing) {
  tell(WorkflowCancelled{});
  EXPECT_THAT(core.states(), IsEmpty());
  tell(diamond());
  started();
  end("extract", RunStatus::failed);
  const auto before = core.states();
  tell(WorkflowCancelled{});
  EXPECT_EQ(core.states(), before);
}

TEST_F(WorkflowOrchestratorTest, starts_and_stops_a_wide_workflow_in_bounded_steps) {
  WorkflowStarted wide{.run = kRun, .fence = Fence(1), .name = "wide"};
  for (std::size_t i = 0; i < limits::kWorkflowSteps; ++i) {
    wide.spec.steps.push_back(step("s" + std::to_string(i)));
  }
  core.post(kKey, wide);
  ASSERT_TRUE(core.run_one());
  EXPECT_THAT(started(), SizeIs(limits::kChildrenPerStep));
  core.run();
  EXPECT_THAT(started(), SizeIs(limits::kWorkflowSteps - limits::kChildrenPerStep));
  core.post(kKey, WorkflowCancelled{});
  ASSERT_TRUE(core.run_one());
  EXPECT_THAT(stopped(), SizeIs(limits::kChildrenPerStep));
  core.run();
  EXPECT_THAT(stopped(), SizeIs(limits::kWorkflowSteps - limits::kChildrenPerStep));
  for (const WorkflowStep& step : wide.spec.steps) end(step.name, RunStatus::cancelled);
  EXPECT_EQ(finished()->status, RunStatus::cancelled);
}

TEST_F(WorkflowOrchestratorTest, runs_a_chain_of_as_many_steps_as_are_allowed) {
  WorkflowStarted chain{.run = kRun, .fence = Fence(1), .name = "chain"};
  for (std::size_t i = 0; i < limits::kWorkflowSteps; ++i) {
    chain.spec.steps.push_back(step("s" + std::to_string(i)));
    if (i > 0) chain.spec.steps[i].depends_on.push_back("s" + std::to_string(i - 1));
  }
  tell(chain);
  for (std::size_t i = 0; i < limits::kWorkflowSteps; ++i) {
    const std::string name = "s" + std::to_string(i);
    ASSERT_THAT(started(), ElementsAre(name));
    complete(name, std::to_string(i));
  }
  EXPECT_EQ(children.at("s199").definition.inputs.text(), R"({"s198":198})");
  EXPECT_EQ(finished()->status, RunStatus::completed);
}

TEST_F(WorkflowOrchestratorTest, keeps_a_finished_run_readable_for_a_while_and_then_nothing) {
  tell(diamond());
  started();
  end("extract", RunStatus::failed);
  EXPECT_EQ(core.states().size(), 2U) << "the header and the plan";
  EXPECT_EQ(view().steps.at(0).task, TaskId(*uuid_from_raw(child_keys.at("extract"))));
  EXPECT_EQ(view().steps.at(1).task, std::nullopt);
  core.advance_to(core.now() + limits::kWorkflowViewWindow);
  core.run();
  EXPECT_THAT(core.states(), IsEmpty());
}

TEST_F(WorkflowOrchestratorTest, sends_the_same_records_for_the_same_inputs) {
  const auto play = [&] {
    CoreHarness host({.operators = {OperatorName::workflow_orchestrator}});
    host.submit(kKey, diamond());
    for (std::size_t at = 0; at < host.sent().size(); ++at) {
      const SentRecord sent = host.sent()[at];
      if (sent.type != RecordType::create_task) continue;
      const auto create = from_wire<CreateTask>(sent.payload).value();
      host.submit(kKey, StepFinished{.step = create.definition.parent->step,
                                     .task = TaskId(*uuid_from_raw(sent.key))});
    }
    return std::pair(host.sent(), host.states());
  };
  const auto first = play();
  EXPECT_EQ(first, play());
  EXPECT_THAT(first.first, SizeIs(5)) << "four children and the end";
}

TEST(WorkflowView, of_a_run_that_is_not_known_says_where_to_look) {
  EXPECT_EQ(workflow_view(kRun, std::nullopt, std::nullopt).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace carillon
