// Every enumerator that users see, and its one word. The only place where a word is spelled.
//
// Statuses and dispositions are CAPITALS because the specification's are; policies are snake_case;
// record types are the specification's names; facts are dotted.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "base/words.h"
#include "domain/cron/cron_dialect.h"
#include "domain/plan/dst_policy.h"
#include "domain/policy/policy_words.h"
#include "domain/record/envelope.h"
#include "domain/record/facts.h"
#include "domain/record/wire_forms.h"
#include "domain/run/run_row.h"
#include "domain/slot/slot_row.h"
#include "domain/task/task_status.h"
#include "domain/workflow/step_status.h"

namespace carillon {

template <class E, std::size_t N>
using WordRows = std::array<std::pair<E, std::string_view>, N>;

template <>
struct Words<TaskStatus> {
  static constexpr WordRows<TaskStatus, 7> rows{{{TaskStatus::created, "CREATED"},
                                                 {TaskStatus::scheduled, "SCHEDULED"},
                                                 {TaskStatus::running, "RUNNING"},
                                                 {TaskStatus::completed, "COMPLETED"},
                                                 {TaskStatus::failed, "FAILED"},
                                                 {TaskStatus::paused, "PAUSED"},
                                                 {TaskStatus::cancelled, "CANCELLED"}}};
};

template <>
struct Words<RunStatus> {
  static constexpr WordRows<RunStatus, 6> rows{{{RunStatus::queued, "QUEUED"},
                                                {RunStatus::running, "RUNNING"},
                                                {RunStatus::retrying, "RETRYING"},
                                                {RunStatus::completed, "COMPLETED"},
                                                {RunStatus::failed, "FAILED"},
                                                {RunStatus::cancelled, "CANCELLED"}}};
};

template <>
struct Words<StepStatus> {
  static constexpr WordRows<StepStatus, 6> rows{{{StepStatus::waiting, "WAITING"},
                                                 {StepStatus::running, "RUNNING"},
                                                 {StepStatus::completed, "COMPLETED"},
                                                 {StepStatus::failed, "FAILED"},
                                                 {StepStatus::cancelled, "CANCELLED"},
                                                 {StepStatus::skipped, "SKIPPED"}}};
};

template <>
struct Words<AttemptStatus> {
  static constexpr WordRows<AttemptStatus, 7> rows{{{AttemptStatus::queued, "QUEUED"},
                                                    {AttemptStatus::running, "RUNNING"},
                                                    {AttemptStatus::completed, "COMPLETED"},
                                                    {AttemptStatus::failed, "FAILED"},
                                                    {AttemptStatus::timed_out, "TIMED_OUT"},
                                                    {AttemptStatus::lost, "LOST"},
                                                    {AttemptStatus::cancelled, "CANCELLED"}}};
};

template <>
struct Words<RunTrigger> {
  static constexpr WordRows<RunTrigger, 6> rows{{{RunTrigger::slot, "slot"},
                                                 {RunTrigger::catch_up, "catch_up"},
                                                 {RunTrigger::backfill, "backfill"},
                                                 {RunTrigger::manual, "manual"},
                                                 {RunTrigger::retry, "retry"},
                                                 {RunTrigger::workflow, "workflow"}}};
};

template <>
struct Words<Disposition> {
  static constexpr WordRows<Disposition, 13> rows{
      {{Disposition::waiting, "WAITING"},
       {Disposition::buffered, "BUFFERED"},
       {Disposition::started, "STARTED"},
       {Disposition::started_late, "STARTED_LATE"},
       {Disposition::caught_up, "CAUGHT_UP"},
       {Disposition::backfilled, "BACKFILLED"},
       {Disposition::skipped_misfire, "SKIPPED_MISFIRE"},
       {Disposition::skipped_overlap, "SKIPPED_OVERLAP"},
       {Disposition::skipped_paused, "SKIPPED_PAUSED"},
       {Disposition::skipped_calendar, "SKIPPED_CALENDAR"},
       {Disposition::skipped_dst, "SKIPPED_DST"},
       {Disposition::superseded, "SUPERSEDED"},
       {Disposition::cancelled, "CANCELLED"}}};
};

template <>
struct Words<SlotReason> {
  static constexpr WordRows<SlotReason, 30> rows{
      {{SlotReason::none, "none"},
       {SlotReason::on_time, "on_time"},
       {SlotReason::busy, "busy"},
       {SlotReason::buffered, "buffered"},
       {SlotReason::clock_step, "clock_step"},
       {SlotReason::resumed, "resumed"},
       {SlotReason::run_latest, "run_latest"},
       {SlotReason::run_all, "run_all"},
       {SlotReason::backfill, "backfill"},
       {SlotReason::policy_skip, "policy_skip"},
       {SlotReason::newer_slot, "newer_slot"},
       {SlotReason::beyond_limit, "beyond_limit"},
       {SlotReason::beyond_window, "beyond_window"},
       {SlotReason::deadline, "deadline"},
       {SlotReason::policy_error, "policy_error"},
       {SlotReason::run_active, "run_active"},
       {SlotReason::buffer_full, "buffer_full"},
       {SlotReason::replaced, "replaced"},
       {SlotReason::user, "user"},
       {SlotReason::failure, "failure"},
       {SlotReason::misfire_error, "misfire_error"},
       {SlotReason::gap, "gap"},
       {SlotReason::overlap, "overlap"},
       {SlotReason::edited, "edited"},
       {SlotReason::task_cancelled, "task_cancelled"},
       {SlotReason::task_deleted, "task_deleted"},
       {SlotReason::backfill_cancelled, "backfill_cancelled"},
       {SlotReason::paused, "paused"},
       {SlotReason::catch_up, "catch_up"},
       {SlotReason::runs_spent, "runs_spent"}}};
};

template <>
struct Words<SeriesKind> {
  static constexpr WordRows<SeriesKind, 2> rows{
      {{SeriesKind::generation, "generation"}, {SeriesKind::backfill, "backfill"}}};
};

template <>
struct Words<Overlap> {
  static constexpr WordRows<Overlap, 6> rows{{{Overlap::skip, "skip"},
                                              {Overlap::allow, "allow"},
                                              {Overlap::buffer_one, "buffer_one"},
                                              {Overlap::buffer_all, "buffer_all"},
                                              {Overlap::cancel_other, "cancel_other"},
                                              {Overlap::terminate_other, "terminate_other"}}};
};

template <>
struct Words<Misfire> {
  static constexpr WordRows<Misfire, 4> rows{{{Misfire::run_latest, "run_latest"},
                                              {Misfire::skip, "skip"},
                                              {Misfire::run_all, "run_all"},
                                              {Misfire::error, "error"}}};
};

template <>
struct Words<Backoff> {
  static constexpr WordRows<Backoff, 3> rows{{{Backoff::fixed, "fixed"},
                                              {Backoff::linear, "linear"},
                                              {Backoff::exponential, "exponential"}}};
};

template <>
struct Words<RetryJitter> {
  static constexpr WordRows<RetryJitter, 4> rows{{{RetryJitter::none, "none"},
                                                  {RetryJitter::full, "full"},
                                                  {RetryJitter::equal, "equal"},
                                                  {RetryJitter::decorrelated, "decorrelated"}}};
};

template <>
struct Words<OnLost> {
  static constexpr WordRows<OnLost, 2> rows{{{OnLost::rerun, "rerun"}, {OnLost::fail, "fail"}}};
};

template <>
struct Words<Lane> {
  static constexpr WordRows<Lane, 6> rows{{{Lane::cpu, "cpu"},
                                           {Lane::blocking, "blocking"},
                                           {Lane::http, "http"},
                                           {Lane::worker, "worker"},
                                           {Lane::workflow, "workflow"},
                                           {Lane::instant, "instant"}}};
};

template <>
struct Words<Claim> {
  static constexpr WordRows<Claim, 2> rows{{{Claim::none, "none"}, {Claim::required, "required"}}};
};

template <>
struct Words<FinishKind> {
  static constexpr WordRows<FinishKind, 4> rows{{{FinishKind::completed, "completed"},
                                                 {FinishKind::failed, "failed"},
                                                 {FinishKind::failed_for_good, "failed_for_good"},
                                                 {FinishKind::cancelled, "cancelled"}}};
};

template <>
struct Words<NotificationKind> {
  static constexpr WordRows<NotificationKind, 4> rows{
      {{NotificationKind::run_failed, "run_failed"},
       {NotificationKind::recovered, "recovered"},
       {NotificationKind::slots_missed, "slots_missed"},
       {NotificationKind::task_paused, "task_paused"}}};
};

template <>
struct Words<Topic> {
  static constexpr WordRows<Topic, 7> rows{{{Topic::task_requests, "task-requests"},
                                            {Topic::scheduled_tasks, "scheduled-tasks"},
                                            {Topic::task_execution, "task-execution"},
                                            {Topic::workflow_events, "workflow-events"},
                                            {Topic::task_events, "task-events"},
                                            {Topic::task_responses, "task-responses"},
                                            {Topic::task_notifications, "task-notifications"}}};
};

template <>
struct Words<OperatorName> {
  static constexpr WordRows<OperatorName, 4> rows{
      {{OperatorName::task_scheduler, "TaskScheduler"},
       {OperatorName::queue_dispatcher, "QueueDispatcher"},
       {OperatorName::workflow_orchestrator, "WorkflowOrchestrator"},
       {OperatorName::command_deduplicator, "CommandDeduplicator"}}};
};

template <>
struct Words<RecordType> {
  static constexpr WordRows<RecordType, 31> rows{
      {{RecordType::due, "Due"},
       {RecordType::clock_stepped, "ClockStepped"},
       {RecordType::create_task, "CreateTask"},
       {RecordType::update_task, "UpdateTask"},
       {RecordType::schedule_task, "ScheduleTask"},
       {RecordType::pause_task, "PauseTask"},
       {RecordType::resume_task, "ResumeTask"},
       {RecordType::cancel_task, "CancelTask"},
       {RecordType::retry_task, "RetryTask"},
       {RecordType::run_now, "RunNow"},
       {RecordType::set_status, "SetStatus"},
       {RecordType::delete_task, "DeleteTask"},
       {RecordType::purge_task, "PurgeTask"},
       {RecordType::attempt_granted, "AttemptGranted"},
       {RecordType::attempt_started, "AttemptStarted"},
       {RecordType::attempt_progress, "AttemptProgress"},
       {RecordType::attempt_finished, "AttemptFinished"},
       {RecordType::attempt_lost, "AttemptLost"},
       {RecordType::workflow_finished, "WorkflowFinished"},
       {RecordType::zone_rules_changed, "ZoneRulesChanged"},
       {RecordType::run_ready, "RunReady"},
       {RecordType::run_withdrawn, "RunWithdrawn"},
       {RecordType::run_released, "RunReleased"},
       {RecordType::worker_credit, "WorkerCredit"},
       {RecordType::worker_lost, "WorkerLost"},
       {RecordType::queue_changed, "QueueChanged"},
       {RecordType::workflow_started, "WorkflowStarted"},
       {RecordType::step_finished, "StepFinished"},
       {RecordType::workflow_cancelled, "WorkflowCancelled"},
       {RecordType::keyed_command, "KeyedCommand"},
       {RecordType::command_answered, "CommandAnswered"}}};
};

template <>
struct Words<FactType> {
  static constexpr WordRows<FactType, 29> rows{
      {{FactType::task_created, "task.created"},
       {FactType::task_updated, "task.updated"},
       {FactType::task_scheduled, "task.scheduled"},
       {FactType::task_paused, "task.paused"},
       {FactType::task_resumed, "task.resumed"},
       {FactType::task_cancelled, "task.cancelled"},
       {FactType::task_deleted, "task.deleted"},
       {FactType::task_purged, "task.purged"},
       {FactType::task_status_set, "task.status_set"},
       {FactType::task_completed, "task.completed"},
       {FactType::task_failed, "task.failed"},
       {FactType::slot_decided, "slot.decided"},
       {FactType::run_created, "run.created"},
       {FactType::run_started, "run.started"},
       {FactType::run_retrying, "run.retrying"},
       {FactType::run_completed, "run.completed"},
       {FactType::run_failed, "run.failed"},
       {FactType::run_cancelled, "run.cancelled"},
       {FactType::attempt_lost, "attempt.lost"},
       {FactType::attempt_progressed, "attempt.progressed"},
       {FactType::late_result_refused, "attempt.late_result_refused"},
       {FactType::workflow_step_started, "workflow.step_started"},
       {FactType::workflow_step_finished, "workflow.step_finished"},
       {FactType::task_answer, "task.answer"},
       {FactType::attempt_dispatched, "attempt.dispatched"},
       {FactType::attempt_stop_requested, "attempt.stop_requested"},
       {FactType::queue_opened, "queue.opened"},
       {FactType::attempt_claim_answered, "attempt.claim_answered"},
       {FactType::notification, "notification"}}};
};

}  // namespace carillon
