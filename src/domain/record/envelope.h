// Topics, operators, and the types of everything that travels between them. Values.
//
// The topics keep the specification's names. An operator reads one of them; the others carry what
// the platform tells the world. Words: domain/words.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace carillon {

enum class Topic : std::uint8_t {
  task_requests,
  scheduled_tasks,
  task_execution,
  workflow_events,
  task_events,
  task_responses,
  task_notifications,
};

// The machines of the core. The value is part of stored keys and never changes.
enum class OperatorName : std::uint8_t {
  task_scheduler = 1,
  queue_dispatcher = 2,
  workflow_orchestrator = 3,
  command_deduplicator = 4,
};

// The topic that carries an operator's inputs.
constexpr Topic input_topic(OperatorName name) {
  switch (name) {
    case OperatorName::task_scheduler:
    case OperatorName::command_deduplicator:
      return Topic::task_requests;
    case OperatorName::queue_dispatcher:
      return Topic::scheduled_tasks;
    case OperatorName::workflow_orchestrator:
      return Topic::workflow_events;
  }
  return Topic::task_requests;
}

// Everything an operator may be told. Values are stored: append only.
enum class RecordType : std::uint8_t {
  due = 1,
  clock_stepped = 2,
  // Commands to TaskScheduler.
  create_task = 10,
  update_task = 11,
  schedule_task = 12,
  pause_task = 13,
  resume_task = 14,
  cancel_task = 15,
  retry_task = 16,
  run_now = 17,
  set_status = 18,
  delete_task = 19,
  purge_task = 20,
  // Messages to TaskScheduler.
  attempt_granted = 30,
  attempt_started = 31,
  attempt_progress = 32,
  attempt_finished = 33,
  attempt_lost = 34,
  workflow_finished = 35,
  zone_rules_changed = 36,
  // To QueueDispatcher.
  run_ready = 50,
  run_withdrawn = 51,
  run_released = 52,
  worker_credit = 53,
  worker_lost = 54,
  queue_changed = 55,
  // To WorkflowOrchestrator.
  workflow_started = 70,
  step_finished = 71,
  workflow_cancelled = 72,
  // To CommandDeduplicator.
  keyed_command = 90,
  command_answered = 91,
};

// Everything the core tells the world. Values are stored: append only.
enum class FactType : std::uint8_t {
  // task-events
  task_created = 1,
  task_updated = 2,
  task_scheduled = 3,
  task_paused = 4,
  task_resumed = 5,
  task_cancelled = 6,
  task_deleted = 7,
  task_purged = 8,
  task_status_set = 9,
  task_completed = 10,
  task_failed = 11,
  slot_decided = 20,
  run_created = 30,
  run_started = 31,
  run_retrying = 32,
  run_completed = 33,
  run_failed = 34,
  run_cancelled = 35,
  attempt_lost = 40,
  attempt_progressed = 41,
  late_result_refused = 42,
  workflow_step_started = 50,
  workflow_step_finished = 51,
  // task-responses
  task_answer = 70,
  // task-execution
  attempt_dispatched = 80,
  attempt_stop_requested = 81,
  queue_opened = 82,
  attempt_claim_answered = 83,
  // task-notifications
  notification = 90,
};

// A key is the entity's id as bytes: 16 for a task, the name for a queue, 20 for a workflow run.
using Key = std::string;

}  // namespace carillon
