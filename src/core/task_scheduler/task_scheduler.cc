#include "core/task_scheduler/task_scheduler.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/read_task.h"
#include "core/task_scheduler/slots.h"
#include "core/task_scheduler/status.h"
#include "domain/id/derived_ids.h"
#include "domain/record/workflow_records.h"

namespace carillon {
namespace {

// Commands done lately, so that one delivered again is answered and not done again.
constexpr std::size_t kRecentCommands = 4;

std::uint64_t command_hash(const CommandHeader& header) {
  return siphash_2_4(header.id.value().raw());
}

bool was_done(const TaskState& state, const CommandHeader& header) {
  return std::ranges::find(state.recent_commands, command_hash(header)) !=
         state.recent_commands.end();
}

void remember(TaskState& state, const CommandHeader& header) {
  if (state.recent_commands.size() == kRecentCommands) {
    state.recent_commands.erase(state.recent_commands.begin());
  }
  state.recent_commands.push_back(command_hash(header));
}

Error no_such_task() {
  return {.code = ErrorCode::not_found,
          .message = "There is no task with this id.",
          .hint = "GET /api/v1/tasks lists the tasks that exist.",
          .column = std::nullopt,
          .pointer = {}};
}

Result<void> refuse_other_version(const TaskState& state, const CommandHeader& header) {
  if (!header.expected_version || *header.expected_version == state.version) return {};
  return fail(ErrorCode::version_mismatch,
              fmt::format("The task is at version {}, not {}.", state.version.value(),
                          header.expected_version->value()),
              "Read it again, look at what changed, and repeat the request with its new ETag.");
}

TaskAnswer problem_answer(const Error& error) {
  return {.problem = std::string(error_info(error.code).word),
          .message = error.message,
          .hint = error.hint};
}

// A fault of our own or of the store is not an answer: the record goes to the dead letters.
bool is_answerable(const Error& error) {
  return error.code != ErrorCode::corrupt && error.code != ErrorCode::newer_version;
}

template <class Command>
using Handler = Result<TaskAnswer> (*)(TaskStep&, const Command&);

template <class Command>
Result<TaskAnswer> attempt_command(TaskStep& step, const Command& command,
                                   Handler<Command> handler) {
  constexpr bool kCreates = std::is_same_v<Command, CreateTask>;
  if (!kCreates && (!step.exists() || step.state.deleted_at)) return fail(no_such_task());
  if (auto same = refuse_other_version(step.state, command.header); !same) {
    return fail(std::move(same.error()));
  }
  return handler(step, command);
}

// Slots that are due by now are decided before a command acts, and stay decided if it is refused.
Result<void> settle_first(TaskStep& step) {
  if (!step.exists() || !has_due_slot(step)) return {};
  if (auto settled = settle_slots(step); !settled) return settled;
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  settle_status(step, **definition);
  step.finish();
  return {};
}

// A workflow waits for the step whose task was refused; it must hear that there will be none.
void tell_refused_parent(TaskStep& step, const CreateTask& command, const Error& error) {
  const std::optional<TaskParent>& parent = command.definition.parent;
  if (!parent || step.exists()) return;
  step.send(OperatorName::workflow_orchestrator, workflow_key(parent->workflow_run),
            RecordType::step_finished,
            StepFinished{.step = parent->step,
                         .task = step.task(),
                         .status = RunStatus::failed,
                         .outcome = {.error_code = std::string(error_info(error.code).word),
                                     .error_message = error.message}});
  step.finish();
}

template <class Command>
Result<void> on_command(Context& context, const Record& record, Handler<Command> handler) {
  auto command = read_payload<Command>(record);
  if (!command) return fail(std::move(command.error()));
  auto step = TaskStep::begin(context);
  if (!step) return fail(std::move(step.error()));
  const CommandHeader& header = command->header;
  if (was_done(step->state, header)) {
    TaskAnswer again{.created = std::is_same_v<Command, CreateTask>};
    if (!step->state.active_runs.empty()) again.run = step->state.active_runs.back().row.id;
    step->answer(header, std::move(again));
    return {};
  }
  if (auto settled = settle_first(*step); !settled) return settled;
  const bool is_new = !step->exists();
  auto answer = attempt_command(*step, *command, handler);
  if (answer) {
    remember(step->state, header);
    step->finish();
    // With the row, whoever asked knows the whole task without reading it.
    if (is_new && header.reply_key.empty()) answer->row = task_row(step->state);
    step->answer(header, std::move(*answer));
    return {};
  }
  if (!is_answerable(answer.error())) return fail(std::move(answer.error()));
  step->answer(header, problem_answer(answer.error()));
  if constexpr (std::is_same_v<Command, CreateTask>) {
    auto untouched = TaskStep::begin(context);
    if (untouched) tell_refused_parent(*untouched, *command, answer.error());
  }
  return {};
}

template <class Message>
Result<void> on_message(Context& context, const Record& record,
                        Result<void> (*handler)(TaskStep&, const Message&)) {
  auto message = read_payload<Message>(record);
  if (!message) return fail(std::move(message.error()));
  auto step = TaskStep::begin(context);
  if (!step) return fail(std::move(step.error()));
  if (!step->exists()) return {};  // Purged since: nothing is waiting for it.
  if (auto handled = handler(*step, *message); !handled) return fail(std::move(handled.error()));
  step->finish();
  return {};
}

}  // namespace

Result<void> TaskScheduler::on_record(Context& context, const Record& record) {
  switch (record.type) {
    case RecordType::due:
      return on_message<Due>(context, record, due);
    case RecordType::clock_stepped:
      return on_message<ClockStepped>(context, record, clock_stepped);
    case RecordType::create_task:
      return on_command<CreateTask>(context, record, create_task);
    case RecordType::update_task:
      return on_command<UpdateTask>(context, record, update_task);
    case RecordType::schedule_task:
      return on_command<ScheduleTask>(context, record, schedule_task);
    case RecordType::pause_task:
      return on_command<PauseTask>(context, record, pause_task);
    case RecordType::resume_task:
      return on_command<ResumeTask>(context, record, resume_task);
    case RecordType::cancel_task:
      return on_command<CancelTask>(context, record, cancel_task);
    case RecordType::retry_task:
      return on_command<RetryTask>(context, record, retry_task);
    case RecordType::run_now:
      return on_command<RunNow>(context, record, run_now);
    case RecordType::set_status:
      return on_command<SetStatus>(context, record, set_status);
    case RecordType::delete_task:
      return on_command<DeleteTask>(context, record, delete_task);
    case RecordType::purge_task:
      return on_message<PurgeTask>(context, record, purge_task);
    case RecordType::attempt_granted:
      return on_message<AttemptGranted>(context, record, attempt_granted);
    case RecordType::attempt_started:
      return on_message<AttemptStarted>(context, record, attempt_started);
    case RecordType::attempt_progress:
      return on_message<AttemptProgress>(context, record, attempt_progress);
    case RecordType::attempt_finished:
      return on_message<AttemptFinished>(context, record, attempt_finished);
    case RecordType::attempt_lost:
      return on_message<AttemptLost>(context, record, attempt_lost);
    case RecordType::workflow_finished:
      return on_message<WorkflowFinished>(context, record, workflow_finished);
    case RecordType::zone_rules_changed:
      return on_message<ZoneRulesChanged>(context, record, zone_rules_changed);
    case RecordType::run_ready:
    case RecordType::run_withdrawn:
    case RecordType::run_released:
    case RecordType::worker_credit:
    case RecordType::worker_lost:
    case RecordType::queue_changed:
    case RecordType::workflow_started:
    case RecordType::step_finished:
    case RecordType::workflow_cancelled:
    case RecordType::keyed_command:
    case RecordType::command_answered:
      break;
  }
  return fail(ErrorCode::corrupt, "A task received a record that is not for tasks.");
}

}  // namespace carillon
