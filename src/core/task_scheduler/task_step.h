// One step of a task's machine: the state it works on and the effects it has collected. Not a
// value; lives for one record.
//
// Handlers read and change `state`, add facts and messages, and return. finish() numbers the facts,
// puts the task's row on the last of them, arms the wake-up and stores what has changed, so that no
// handler can forget it. A step that changes nothing stores and emits nothing; one that is dropped
// without finish() has had no effect.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "core/keyed_state.h"
#include "core/operator.h"
#include "core/task_scheduler/task_state.h"
#include "domain/plan/schedule_plan.h"
#include "domain/record/commands.h"
#include "domain/record/facts.h"
#include "domain/record/queue_records.h"
#include "domain/record/workflow_records.h"

namespace carillon {

class TaskStep {
 public:
  // Reads the state of the context's key.
  //
  // Errors  corrupt, newer_version  the key or the stored state cannot be read
  static Result<TaskStep> begin(Context& context);

  TaskStep(TaskStep&&) = default;
  TaskStep& operator=(TaskStep&&) = delete;

  TaskState state;

  [[nodiscard]] const TaskId& task() const { return task_; }
  [[nodiscard]] Instant now() const { return context_->now(); }
  [[nodiscard]] const ZoneSource& zones() const { return context_->zones(); }

  // The task was created and is not purged; a deleted one still exists.
  [[nodiscard]] bool exists() const { return exists_; }
  void come_into_being() { exists_ = true; }

  // The definition, read once per step. Requires exists().
  Result<const TaskDefinition*> definition();
  void set_definition(TaskDefinition definition);

  // The task's executionResult and errorMessage from now on.
  void set_outcome(Outcome outcome);

  // Adds a fact; version, row and outcome are filled in by finish().
  TaskFact& add_fact(FactType type);

  // The same with the definition that was set.
  TaskFact& add_fact_of_definition(FactType type);

  void notify(NotificationKind kind, std::string title, std::string detail);

  // A message to another machine, and a fact for executors; both leave with finish().
  template <HasFields T>
  void send(OperatorName to, Key key, RecordType type, const T& message) {
    messages_.push_back(
        {.to = to, .key = std::move(key), .type = type, .payload = to_wire(message)});
  }
  template <HasFields T>
  void tell_executors(FactType type, const T& fact) {
    execution_facts_.push_back({.type = type, .payload = to_wire(fact)});
  }

  // Work is left over: wake this key at once.
  void continue_soon() { continue_soon_ = true; }

  // Numbers and emits the facts, arms the wake-up, stores what has changed. The step can go on
  // after it.
  void finish();

  // Answers the command: done, or the problem. Call after finish(), so that the version is the
  // last.
  void answer(const CommandHeader& header, TaskAnswer answer);

  // Erases everything the task has. Nothing can be stored afterwards in this step.
  void purge();

 private:
  TaskStep(Context& context, TaskId task) : context_(&context), task_(task) {}

  struct PendingFact {
    FactType type;
    TaskFact fact;
    bool tells_definition = false;
  };

  struct Message {
    OperatorName to;
    Key key;
    RecordType type;
    Bytes payload;
  };
  struct ExecutionFact {
    FactType type;
    Bytes payload;
  };

  void emit_facts();
  Bytes fact_bytes(PendingFact& pending);
  void store_changes();
  void release_effects();
  void arm_wake_up();
  [[nodiscard]] std::optional<Instant> earliest_deadline() const;
  Result<std::optional<TaskSnapshot>> snapshot();

  Context* context_;
  TaskId task_;
  bool exists_ = false;
  bool purged_ = false;
  bool continue_soon_ = false;
  bool definition_changed_ = false;
  Bytes stored_state_;
  std::optional<TaskDefinition> definition_;
  std::optional<Outcome> new_outcome_;
  std::vector<PendingFact> facts_;
  std::vector<Message> messages_;
  std::vector<ExecutionFact> execution_facts_;
  std::vector<Notification> notifications_;
};

}  // namespace carillon
