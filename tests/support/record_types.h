// Which record type and which operator a payload struct belongs to, so that tests name it once.
#pragma once

#include "domain/record/commands.h"
#include "domain/record/envelope.h"
#include "domain/record/queue_records.h"
#include "domain/record/task_messages.h"
#include "domain/record/workflow_records.h"

namespace carillon {

template <OperatorName To, RecordType Type>
struct Address {
  static constexpr OperatorName to = To;
  static constexpr RecordType type = Type;
};

// Specialised for every payload struct but Due and ClockStepped, which any operator may get.
template <class Payload>
struct AddressOf;

template <>
struct AddressOf<CreateTask> : Address<OperatorName::task_scheduler, RecordType::create_task> {};
template <>
struct AddressOf<UpdateTask> : Address<OperatorName::task_scheduler, RecordType::update_task> {};
template <>
struct AddressOf<ScheduleTask> : Address<OperatorName::task_scheduler, RecordType::schedule_task> {
};
template <>
struct AddressOf<PauseTask> : Address<OperatorName::task_scheduler, RecordType::pause_task> {};
template <>
struct AddressOf<ResumeTask> : Address<OperatorName::task_scheduler, RecordType::resume_task> {};
template <>
struct AddressOf<CancelTask> : Address<OperatorName::task_scheduler, RecordType::cancel_task> {};
template <>
struct AddressOf<RetryTask> : Address<OperatorName::task_scheduler, RecordType::retry_task> {};
template <>
struct AddressOf<RunNow> : Address<OperatorName::task_scheduler, RecordType::run_now> {};
template <>
struct AddressOf<SetStatus> : Address<OperatorName::task_scheduler, RecordType::set_status> {};
template <>
struct AddressOf<DeleteTask> : Address<OperatorName::task_scheduler, RecordType::delete_task> {};
template <>
struct AddressOf<PurgeTask> : Address<OperatorName::task_scheduler, RecordType::purge_task> {};
template <>
struct AddressOf<AttemptGranted>
    : Address<OperatorName::task_scheduler, RecordType::attempt_granted> {};
template <>
struct AddressOf<AttemptStarted>
    : Address<OperatorName::task_scheduler, RecordType::attempt_started> {};
template <>
struct AddressOf<AttemptProgress>
    : Address<OperatorName::task_scheduler, RecordType::attempt_progress> {};
template <>
struct AddressOf<AttemptFinished>
    : Address<OperatorName::task_scheduler, RecordType::attempt_finished> {};
template <>
struct AddressOf<AttemptLost> : Address<OperatorName::task_scheduler, RecordType::attempt_lost> {};
template <>
struct AddressOf<WorkflowFinished>
    : Address<OperatorName::task_scheduler, RecordType::workflow_finished> {};
template <>
struct AddressOf<ZoneRulesChanged>
    : Address<OperatorName::task_scheduler, RecordType::zone_rules_changed> {};
template <>
struct AddressOf<RunReady> : Address<OperatorName::queue_dispatcher, RecordType::run_ready> {};
template <>
struct AddressOf<RunWithdrawn>
    : Address<OperatorName::queue_dispatcher, RecordType::run_withdrawn> {};
template <>
struct AddressOf<RunReleased> : Address<OperatorName::queue_dispatcher, RecordType::run_released> {
};
template <>
struct AddressOf<WorkerCredit>
    : Address<OperatorName::queue_dispatcher, RecordType::worker_credit> {};
template <>
struct AddressOf<WorkerLost> : Address<OperatorName::queue_dispatcher, RecordType::worker_lost> {};
template <>
struct AddressOf<QueueChanged>
    : Address<OperatorName::queue_dispatcher, RecordType::queue_changed> {};
template <>
struct AddressOf<WorkflowStarted>
    : Address<OperatorName::workflow_orchestrator, RecordType::workflow_started> {};
template <>
struct AddressOf<StepFinished>
    : Address<OperatorName::workflow_orchestrator, RecordType::step_finished> {};
template <>
struct AddressOf<WorkflowCancelled>
    : Address<OperatorName::workflow_orchestrator, RecordType::workflow_cancelled> {};
template <>
struct AddressOf<KeyedCommand>
    : Address<OperatorName::command_deduplicator, RecordType::keyed_command> {};
template <>
struct AddressOf<CommandAnswered>
    : Address<OperatorName::command_deduplicator, RecordType::command_answered> {};

}  // namespace carillon
