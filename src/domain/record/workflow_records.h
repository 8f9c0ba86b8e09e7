// What a workflow run and the command deduplicator are told. Values.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "base/fields.h"
#include "base/json_text.h"
#include "domain/id/ids.h"
#include "domain/record/envelope.h"
#include "domain/record/facts.h"
#include "domain/run/run_row.h"
#include "domain/workflow/workflow_spec.h"

namespace carillon {

// A run of a workflow task begins.
struct WorkflowStarted {
  RunId run;
  Fence fence;
  WorkflowSpec spec;
  QueueName queue;
  std::uint32_t priority = 0;
  std::string name;
  std::string created_by;

  static constexpr auto fields() {
    return std::tuple{Field{1, "run", &WorkflowStarted::run},
                      Field{2, "fence", &WorkflowStarted::fence},
                      Field{3, "spec", &WorkflowStarted::spec},
                      Field{4, "queue", &WorkflowStarted::queue},
                      Field{5, "priority", &WorkflowStarted::priority},
                      Field{6, "name", &WorkflowStarted::name},
                      Field{7, "createdBy", &WorkflowStarted::created_by}};
  }
};

// The task made for a step has ended.
struct StepFinished {
  std::string step;
  TaskId task;
  RunStatus status = RunStatus::completed;
  Outcome outcome;

  static constexpr auto fields() {
    return std::tuple{Field{1, "step", &StepFinished::step}, Field{2, "task", &StepFinished::task},
                      Field{3, "status", &StepFinished::status},
                      Field{4, "outcome", &StepFinished::outcome}};
  }
};

struct WorkflowCancelled {
  std::string reason;
  static constexpr auto fields() {
    return std::tuple{Field{1, "reason", &WorkflowCancelled::reason}};
  }
};

// A command that came with an idempotency key: run it once, answer it always.
struct KeyedCommand {
  CommandId id;
  std::string fingerprint;  // Of the request; the same key with another one is refused.
  Key target;               // The task it is for.
  RecordType type = RecordType::create_task;
  Bytes payload;  // The command itself.

  static constexpr auto fields() {
    return std::tuple{Field{1, "commandId", &KeyedCommand::id},
                      Field{2, "fingerprint", &KeyedCommand::fingerprint},
                      Field{3, "target", &KeyedCommand::target},
                      Field{4, "type", &KeyedCommand::type},
                      Field{5, "payload", &KeyedCommand::payload}};
  }
};

// The task's answer to it.
struct CommandAnswered {
  TaskAnswer answer;
  static constexpr auto fields() {
    return std::tuple{Field{1, "answer", &CommandAnswered::answer}};
  }
};

}  // namespace carillon
