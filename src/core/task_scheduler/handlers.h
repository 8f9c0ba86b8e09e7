// One function per record that a task may receive. Each lives in the file named after its record.
//
// A handler changes the step and returns; TaskScheduler calls finish() and answers. A command's
// handler returns what the answer says beyond "done", or the problem; on a problem the step is
// discarded, so nothing it did is kept.
#pragma once

#include "base/result.h"
#include "core/task_scheduler/task_step.h"
#include "domain/record/commands.h"
#include "domain/record/task_messages.h"

namespace carillon {

// Commands. The step already settled every slot that is due by now.
Result<TaskAnswer> create_task(TaskStep& step, const CreateTask& command);
Result<TaskAnswer> update_task(TaskStep& step, const UpdateTask& command);
Result<TaskAnswer> schedule_task(TaskStep& step, const ScheduleTask& command);
Result<TaskAnswer> pause_task(TaskStep& step, const PauseTask& command);
Result<TaskAnswer> resume_task(TaskStep& step, const ResumeTask& command);
Result<TaskAnswer> cancel_task(TaskStep& step, const CancelTask& command);
Result<TaskAnswer> retry_task(TaskStep& step, const RetryTask& command);
Result<TaskAnswer> run_now(TaskStep& step, const RunNow& command);
Result<TaskAnswer> set_status(TaskStep& step, const SetStatus& command);
Result<TaskAnswer> delete_task(TaskStep& step, const DeleteTask& command);

// Messages. Whatever is stale changes nothing.
Result<void> due(TaskStep& step, const Due& due);
Result<void> clock_stepped(TaskStep& step, const ClockStepped& stepped);
Result<void> attempt_granted(TaskStep& step, const AttemptGranted& granted);
Result<void> attempt_started(TaskStep& step, const AttemptStarted& started);
Result<void> attempt_progress(TaskStep& step, const AttemptProgress& progress);
Result<void> attempt_finished(TaskStep& step, const AttemptFinished& finished);
Result<void> attempt_lost(TaskStep& step, const AttemptLost& lost);
Result<void> workflow_finished(TaskStep& step, const WorkflowFinished& finished);
Result<void> zone_rules_changed(TaskStep& step, const ZoneRulesChanged& changed);
Result<void> purge_task(TaskStep& step, const PurgeTask& command);

}  // namespace carillon
