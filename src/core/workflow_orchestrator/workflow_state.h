// What a workflow run remembers, and where. Values; bytes: docs/formats/core-state.md.
//
// The header changes with every step's end and is small; the graph is written once; what a step
// needs to be started and what it gave back lie under subkeys of their own.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "base/json_text.h"
#include "base/words.h"
#include "core/operator.h"
#include "domain/id/ids.h"
#include "domain/record/workflow_records.h"
#include "domain/run/run_row.h"
#include "domain/workflow/step_status.h"
#include "domain/workflow/workflow_spec.h"
#include "workflow/step_graph.h"

namespace carillon::workflow_orchestrator {

enum class WorkflowStage : std::uint8_t {
  absent,    // Nothing was started under this key.
  running,   // Steps are started as they become ready.
  ending,    // It failed or was cancelled; running steps are being stopped.
  finished,  // The task was told.
};

}  // namespace carillon::workflow_orchestrator

template <>
struct carillon::Words<carillon::workflow_orchestrator::WorkflowStage> {
  using Stage = workflow_orchestrator::WorkflowStage;
  static constexpr std::array<std::pair<Stage, std::string_view>, 4> rows{{
      {Stage::absent, "absent"},
      {Stage::running, "running"},
      {Stage::ending, "ending"},
      {Stage::finished, "finished"},
  }};
};

namespace carillon::workflow_orchestrator {

struct WorkflowHeader {
  static constexpr std::uint8_t kSchemaVersion = 1;

  WorkflowStage stage = WorkflowStage::absent;
  Fence fence;
  RunStatus status = RunStatus::running;  // Final as soon as it is known how the run will end.
  std::vector<StepStatus> steps;
  std::uint32_t stopped_until = 0;  // While ending: children of steps before it were cancelled.
  std::string end_message;          // Which step failed and why, or why it was cancelled.
  bool next_start = false;          // A newer attempt of the run waits for this one to end.
  QueueName queue;
  std::uint32_t priority = 0;
  std::string name;
  std::string created_by;
  std::optional<Instant> wake;  // The wake-up that is pending, if any.

  static constexpr auto fields() {
    using H = WorkflowHeader;
    return std::tuple{Field{1, "stage", &H::stage},
                      Field{2, "fence", &H::fence},
                      Field{3, "status", &H::status},
                      Field{4, "steps", &H::steps},
                      Field{5, "stoppedUntil", &H::stopped_until},
                      Field{6, "endMessage", &H::end_message},
                      Field{7, "nextStart", &H::next_start},
                      Field{8, "queue", &H::queue},
                      Field{9, "priority", &H::priority},
                      Field{10, "name", &H::name},
                      Field{11, "createdBy", &H::created_by},
                      Field{12, "wake", &H::wake}};
  }
};

// The steps' names and dependencies.
struct WorkflowPlan {
  static constexpr std::uint8_t kSchemaVersion = 1;

  StepGraph graph;

  static constexpr auto fields() { return std::tuple{Field{1, "graph", &WorkflowPlan::graph}}; }
};

// What a step was asked to do. Dropped when the workflow has ended.
struct StoredStep {
  static constexpr std::uint8_t kSchemaVersion = 1;

  WorkflowStep step;

  static constexpr auto fields() { return std::tuple{Field{1, "step", &StoredStep::step}}; }
};

// What a completed step gave back. Dropped when the workflow has ended.
struct StepResult {
  static constexpr std::uint8_t kSchemaVersion = 1;

  JsonText result;

  static constexpr auto fields() { return std::tuple{Field{1, "result", &StepResult::result}}; }
};

// The start of a newer attempt, kept until the older one has ended.
struct NextStart {
  static constexpr std::uint8_t kSchemaVersion = 1;

  std::optional<WorkflowStarted> started;  // Always set.

  static constexpr auto fields() { return std::tuple{Field{1, "started", &NextStart::started}}; }
};

inline constexpr Subkey kHeaderSubkey = 0;
inline constexpr Subkey kPlanSubkey = 1;
inline constexpr Subkey kNextStartSubkey = 2;
Subkey step_subkey(std::uint32_t step);
Subkey result_subkey(std::uint32_t step);

// The workflow run of one step of the machine: looked up once, passed on, stored once at the end.
struct OpenWorkflow {
  Context& context;
  RunId run;
  WorkflowHeader header;
  StepGraph graph;  // Empty while the stage is absent or finished.
};

// What the run's child task for a step is called. The fence is part of it because every attempt of
// the run makes children of its own.
TaskId child_id(const RunId& run, Fence fence, const std::string& step);

}  // namespace carillon::workflow_orchestrator
