#include "core/task_scheduler/task_step.h"

#include <algorithm>

#include "core/task_scheduler/read_task.h"

namespace carillon {

template void append_wire(Bytes& out, const TaskState& value);
template Result<void> read_wire(std::string_view in, TaskState& value);

namespace {

// More than nearly every step adds; they are large, so moving them is dear.
constexpr std::size_t kUsualFacts = 4;

void keep_earliest(std::optional<Instant>& earliest, const std::optional<Instant>& other) {
  if (other && (!earliest || *other < *earliest)) earliest = other;
}

}  // namespace

Result<TaskStep> TaskStep::begin(Context& context) {
  const auto uuid = uuid_from_raw(context.key());
  if (!uuid) return fail(ErrorCode::corrupt, "The key of a task must be 16 bytes.");
  TaskStep step(context, TaskId{*uuid});
  std::optional<Bytes> bytes = context.get(kTaskStateSubkey);
  if (!bytes) return step;
  auto state = decode_state<TaskState>(*bytes);
  if (!state) return fail(std::move(state.error()));
  step.state = std::move(*state);
  step.stored_state_ = std::move(*bytes);
  step.exists_ = true;
  return step;
}

Result<const TaskDefinition*> TaskStep::definition() {
  if (!definition_) {
    auto stored = load_state<TaskDefinition>(*context_, kTaskDefinitionSubkey);
    if (!stored) return fail(std::move(stored.error()));
    if (!*stored) return fail(ErrorCode::corrupt, "A task has a state but no definition.");
    definition_ = std::move(**stored);
  }
  return &*definition_;
}

void TaskStep::set_definition(TaskDefinition definition) {
  definition_ = std::move(definition);
  definition_changed_ = true;
}

void TaskStep::set_outcome(Outcome outcome) { new_outcome_ = std::move(outcome); }

TaskFact& TaskStep::add_fact(FactType type) {
  facts_.reserve(kUsualFacts);
  facts_.push_back({.type = type, .fact = {.task = task_}});
  return facts_.back().fact;
}

TaskFact& TaskStep::add_fact_of_definition(FactType type) {
  TaskFact& fact = add_fact(type);
  facts_.back().tells_definition = true;
  return fact;
}

void TaskStep::notify(NotificationKind kind, std::string title, std::string detail) {
  Notification note{.task = task_,
                    .kind = kind,
                    .task_name = definition_ ? definition_->name : std::string{},
                    .title = std::move(title),
                    .detail = std::move(detail)};
  if (state.last_run) note.run = state.last_run->run;
  notifications_.push_back(std::move(note));
}

std::optional<Instant> TaskStep::earliest_deadline() const {
  std::optional<Instant> earliest;
  if (state.schedule.armed && !state.pause) keep_earliest(earliest, state.schedule.next_due);
  if (state.pause) keep_earliest(earliest, state.pause->until);
  for (const ActiveRun& run : state.active_runs) {
    if (run.row.status == RunStatus::retrying) keep_earliest(earliest, run.row.next_attempt_at);
    keep_earliest(earliest, run.start_by);
    keep_earliest(earliest, run.attempt_end);
    keep_earliest(earliest, run.silent_until);
    keep_earliest(earliest, run.run_end);
  }
  return earliest;
}

void TaskStep::arm_wake_up() {
  std::optional<Instant> wanted = earliest_deadline();
  if (continue_soon_ || (wanted && *wanted < now())) wanted = now();
  if (wanted == state.wake_at) return;
  state.wake_at = wanted;
  context_->wake_at(wanted);
}

void TaskStep::emit_facts() {
  if (facts_.empty()) return;
  state.updated_at = now();
  for (PendingFact& pending : facts_) {
    state.version = TaskVersion{state.version.value() + 1};
    pending.fact.version = state.version;
  }
  TaskFact& last = facts_.back().fact;
  last.row = task_row(state);
  last.outcome = new_outcome_;
  for (PendingFact& pending : facts_) {
    context_->emit(Topic::task_events, pending.type, Key(context_->key()), fact_bytes(pending));
  }
  facts_.clear();
}

// The definition is lent to the fact, which is cheaper than a copy of it.
Bytes TaskStep::fact_bytes(PendingFact& pending) {
  if (!pending.tells_definition) return to_wire(pending.fact);
  pending.fact.definition.swap(definition_);
  Bytes bytes = to_wire(pending.fact);
  pending.fact.definition.swap(definition_);
  return bytes;
}

void TaskStep::store_changes() {
  if (definition_changed_) store_state(*context_, kTaskDefinitionSubkey, *definition_);
  if (new_outcome_) store_state(*context_, kTaskOutcomeSubkey, *new_outcome_);
  definition_changed_ = false;
  new_outcome_.reset();
  Bytes bytes = encode_state(state);
  if (bytes == stored_state_) return;
  stored_state_ = bytes;
  context_->put(kTaskStateSubkey, std::move(bytes));
}

void TaskStep::release_effects() {
  for (Message& message : messages_) {
    context_->send(message.to, std::move(message.key), message.type, std::move(message.payload));
  }
  for (ExecutionFact& fact : execution_facts_) {
    context_->emit(Topic::task_execution, fact.type, Key(context_->key()), std::move(fact.payload));
  }
  for (const Notification& note : notifications_) {
    context_->emit(Topic::task_notifications, FactType::notification, Key(context_->key()),
                   to_wire(note));
  }
  messages_.clear();
  execution_facts_.clear();
  notifications_.clear();
}

void TaskStep::finish() {
  if (exists_ && !purged_) {
    emit_facts();
    arm_wake_up();
    store_changes();
  }
  release_effects();
}

Result<std::optional<TaskSnapshot>> TaskStep::snapshot() {
  return read_task(task_, {.state = context_->get(kTaskStateSubkey),
                           .definition = context_->get(kTaskDefinitionSubkey),
                           .outcome = context_->get(kTaskOutcomeSubkey)});
}

void TaskStep::answer(const CommandHeader& header, TaskAnswer answer) {
  answer.command = header.id;
  answer.task = task_;
  answer.version = state.version;
  if (header.reply_key.empty()) {
    context_->emit(Topic::task_responses, FactType::task_answer, Key(context_->key()),
                   to_wire(answer));
    return;
  }
  // Whoever remembers the answer must be able to give it again when the task has moved on.
  if (auto seen = snapshot(); seen && *seen) answer.snapshot = std::move(**seen);
  context_->send(OperatorName::command_deduplicator, header.reply_key, RecordType::command_answered,
                 to_wire(CommandAnswered{.answer = std::move(answer)}));
}

void TaskStep::purge() {
  purged_ = true;
  context_->erase(kTaskStateSubkey);
  context_->erase(kTaskDefinitionSubkey);
  context_->erase(kTaskOutcomeSubkey);
  context_->wake_at(std::nullopt);
  TaskFact fact{.task = task_, .version = TaskVersion{state.version.value() + 1}};
  context_->emit(Topic::task_events, FactType::task_purged, Key(context_->key()), to_wire(fact));
}

}  // namespace carillon
