#include "runtime/service/api_gateway_service.h"

#include <atomic>
#include <chrono>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/wire.h"
#include "domain/record/workflow_records.h"
#include "domain/words.h"

namespace carillon {
namespace {

// How long a list waits for the views before it answers with what they have.
constexpr std::chrono::milliseconds kViewPatience{1'000};

// How often an update is tried again when somebody else changed the task in between.
constexpr int kUpdateTries = 8;

std::unexpected<Problem> problem(Error error, std::vector<Error> details = {}) {
  return std::unexpected(Problem{.error = std::move(error), .details = std::move(details)});
}

// One fault stands for itself; several are counted and listed.
std::unexpected<Problem> problem(std::vector<Error> details) {
  Error main = details.front();
  if (details.size() > 1) {
    const std::size_t more = details.size() - 1;
    main.message += more == 1 ? " (One more fault is listed in errors.)"
                              : fmt::format(" ({} more faults are listed in errors.)", more);
  }
  return problem(std::move(main), std::move(details));
}

struct TypeOfCommand {
  RecordType operator()(const ScheduleTask&) const { return RecordType::schedule_task; }
  RecordType operator()(const PauseTask&) const { return RecordType::pause_task; }
  RecordType operator()(const ResumeTask&) const { return RecordType::resume_task; }
  RecordType operator()(const CancelTask&) const { return RecordType::cancel_task; }
  RecordType operator()(const RetryTask&) const { return RecordType::retry_task; }
  RecordType operator()(const RunNow&) const { return RecordType::run_now; }
  RecordType operator()(const SetStatus&) const { return RecordType::set_status; }
  RecordType operator()(const DeleteTask&) const { return RecordType::delete_task; }
};

// Who asks for a task has made it, unless the definition names somebody else.
void name_creator(CreateRequest& request) {
  std::string& creator = request.definition.created_by;
  if (creator.empty()) creator = request.caller.by;
}

}  // namespace

struct ApiGatewayService::Update {
  TaskId task;
  DefinitionChange change;
  Caller caller;
  Reply reply;
  int tries = 0;
};

ApiGatewayService::ApiGatewayService(Parts parts) : parts_(std::move(parts)) {}

CommandHeader ApiGatewayService::header(const Caller& caller) const {
  return {.id = CommandId{parts_.entropy.uuid(parts_.clock.wall())},
          .by = caller.by,
          .expected_version = caller.expected_version,
          .reply_key = caller.request_key ? caller.request_key->key : std::string{}};
}

template <class Command>
ApiGatewayService::Addressed ApiGatewayService::address(TaskId task, RecordType type,
                                                        Command& command, const Caller& caller) {
  command.header = header(caller);
  Addressed addressed{.input = {.to = OperatorName::task_scheduler,
                                .type = type,
                                .key = Key(task.value().raw()),
                                .payload = to_wire(command)},
                      .pending = std::make_unique<Pending>()};
  addressed.pending->id = command.header.id;
  addressed.pending->task = task;
  if (caller.request_key) {
    KeyedCommand keyed{.id = command.header.id,
                       .fingerprint = caller.request_key->fingerprint,
                       .target = std::move(addressed.input.key),
                       .type = type,
                       .payload = std::move(addressed.input.payload)};
    addressed.input.to = OperatorName::command_deduplicator;
    addressed.input.type = RecordType::keyed_command;
    addressed.input.key = caller.request_key->key;
    addressed.input.payload = to_wire(keyed);
  }
  return addressed;
}

void ApiGatewayService::submit(Addressed addressed) {
  Pending* pending = addressed.pending.release();
  addressed.input.completion = [this, pending](Result<Answered> answered) {
    answer(std::unique_ptr<Pending>(pending), std::move(answered));
  };
  if (auto taken = parts_.intake.submit(std::move(addressed.input)); !taken) {
    answer(std::unique_ptr<Pending>(pending), fail(std::move(taken.error())));
  }
}

// Off the committing thread: the answer is read and rendered where replies are given.
void ApiGatewayService::answer(std::unique_ptr<Pending> pending, Result<Answered> answered) {
  WorkQueue& place = pending->answer_on != nullptr ? *pending->answer_on : parts_.replies;
  place.post([this, pending = std::move(pending), answered = std::move(answered)]() mutable {
    pending->reply(outcome_of(*pending, std::move(answered)));
  });
}

// The task as the answer has it, or else as it is stored; none when it is gone.
Result<std::unique_ptr<const TaskSnapshot>> ApiGatewayService::task_of(Pending& pending,
                                                                       TaskAnswer& answer) const {
  if (answer.snapshot) return std::make_unique<TaskSnapshot>(std::move(*answer.snapshot));
  if (answer.row && pending.created) {
    return std::make_unique<TaskSnapshot>(TaskSnapshot{.id = answer.task,
                                                       .definition = std::move(*pending.created),
                                                       .row = std::move(*answer.row)});
  }
  auto stored = parts_.tasks.find(answer.task);
  if (!stored) return fail(std::move(stored.error()));
  if (!*stored) return nullptr;
  return std::make_unique<TaskSnapshot>(std::move(**stored));
}

CommandOutcome ApiGatewayService::outcome_of(Pending& pending, Result<Answered> answered) const {
  if (!answered) return problem(std::move(answered.error()));
  for (const FactRecord& fact : answered->answers) {
    auto read = from_wire<TaskAnswer>(fact.payload);
    if (!read || read->command != pending.id) continue;
    if (read->problem) {
      return problem({.code = error_code_from_word(*read->problem).value_or(ErrorCode::internal),
                      .message = std::move(read->message),
                      .hint = std::move(read->hint),
                      .column = std::nullopt,
                      .pointer = {}});
    }
    auto task = task_of(pending, *read);
    if (!task) return problem(std::move(task.error()));
    return CommandResult{.answer = std::make_unique<TaskAnswer>(std::move(*read)),
                         .task = std::move(*task),
                         .warnings = std::move(pending.warnings)};
  }
  return problem({.code = ErrorCode::internal,
                  .message = "The command was stored but not answered.",
                  .hint = "Read the task; the dead letters hold the reason.",
                  .column = std::nullopt,
                  .pointer = {}});
}

ValidatedDefinition ApiGatewayService::check(TaskDefinition& definition) const {
  return parts_.tasks.complete(definition);
}

std::vector<Error> ApiGatewayService::check(CreateRequest& request) const {
  name_creator(request);
  ValidatedDefinition checked = parts_.tasks.complete(request.definition);
  if (checked.errors.empty()) request.checked = std::move(checked.warnings);
  return std::move(checked.errors);
}

ApiGatewayService::Addressed ApiGatewayService::address_create(CreateRequest& request) {
  CreateTask command{.definition = std::move(request.definition),
                     .schedule = request.arm == ArmOnCreate::yes};
  Addressed addressed = address(TaskId{parts_.entropy.uuid(parts_.clock.wall())},
                                RecordType::create_task, command, request.caller);
  addressed.pending->created = std::move(command.definition);
  if (request.checked) addressed.pending->warnings = std::move(*request.checked);
  return addressed;
}

void ApiGatewayService::create(CreateRequest request, Reply reply) {
  if (auto errors = check(request); !errors.empty()) {
    reply(problem(std::move(errors)));
    return;
  }
  Addressed addressed = address_create(request);
  addressed.pending->reply = std::move(reply);
  addressed.pending->answer_on = request.answer_on;
  submit(std::move(addressed));
}

void ApiGatewayService::create_many(std::vector<CreateRequest> requests, BatchReply reply) {
  struct Batch {
    std::vector<CommandOutcome> outcomes;
    std::atomic<std::size_t> open = 0;
    BatchReply reply;
  };
  auto batch = std::make_shared<Batch>();
  batch->reply = std::move(reply);
  batch->outcomes.resize(requests.size());
  std::vector<Addressed> addressed;
  std::vector<std::size_t> places;
  addressed.reserve(requests.size());
  places.reserve(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!requests[i].checked) {
      if (auto errors = check(requests[i]); !errors.empty()) {
        batch->outcomes[i] = problem(std::move(errors));
        continue;
      }
    }
    addressed.push_back(address_create(requests[i]));
    places.push_back(i);
  }
  if (addressed.empty()) {
    batch->reply(std::move(batch->outcomes));
    return;
  }
  batch->open = addressed.size();
  std::vector<EngineInput> inputs;
  std::vector<Pending*> pendings;
  inputs.reserve(addressed.size());
  pendings.reserve(addressed.size());
  for (std::size_t n = 0; n < addressed.size(); ++n) {
    addressed[n].pending->reply = [batch, place = places[n]](CommandOutcome outcome) {
      batch->outcomes[place] = std::move(outcome);
      if (batch->open.fetch_sub(1) == 1) batch->reply(std::move(batch->outcomes));
    };
    Pending* pending = addressed[n].pending.release();
    pendings.push_back(pending);
    addressed[n].input.completion = [this, pending](Result<Answered> answered) {
      answer(std::unique_ptr<Pending>(pending), std::move(answered));
    };
    inputs.push_back(std::move(addressed[n].input));
  }
  if (auto taken = parts_.intake.submit_group(inputs); !taken) {
    for (Pending* pending : pendings) {
      answer(std::unique_ptr<Pending>(pending), fail(taken.error()));
    }
  }
}

void ApiGatewayService::command(TaskId task, TaskCommand command, Caller caller, Reply reply) {
  std::visit(
      [&](auto& body) {
        const RecordType type = TypeOfCommand{}(body);
        Addressed addressed = address(task, type, body, caller);
        addressed.pending->reply = std::move(reply);
        submit(std::move(addressed));
      },
      command);
}

void ApiGatewayService::update(TaskId task, DefinitionChange change, Caller caller, Reply reply) {
  auto update = std::make_shared<Update>();
  update->task = task;
  update->change = std::move(change);
  update->caller = std::move(caller);
  update->reply = std::move(reply);
  try_update(std::move(update));
}

void ApiGatewayService::try_update(std::shared_ptr<Update> update) {
  auto before = parts_.tasks.find(update->task);
  if (!before) {
    update->reply(problem(std::move(before.error())));
    return;
  }
  if (!*before) {
    update->reply(problem({.code = ErrorCode::not_found,
                           .message = "There is no task with this id.",
                           .hint = "GET /api/v1/tasks lists the tasks that exist.",
                           .column = std::nullopt,
                           .pointer = {}}));
    return;
  }
  auto definition = update->change(**before);
  if (!definition) {
    update->reply(problem(std::move(definition.error())));
    return;
  }
  ValidatedDefinition checked = parts_.tasks.complete(*definition);
  if (!checked.errors.empty()) {
    update->reply(problem(std::move(checked.errors)));
    return;
  }
  Caller caller = update->caller;
  const bool may_repeat = !caller.expected_version && ++update->tries < kUpdateTries;
  if (!caller.expected_version) caller.expected_version = (*before)->row.version;
  UpdateTask command{.definition = std::move(*definition)};
  Addressed addressed = address(update->task, RecordType::update_task, command, caller);
  addressed.pending->warnings = std::move(checked.warnings);
  addressed.pending->reply = [this, update, may_repeat](CommandOutcome outcome) {
    const bool moved = !outcome && outcome.error().error.code == ErrorCode::version_mismatch;
    if (moved && may_repeat) {
      try_update(update);
    } else {
      update->reply(std::move(outcome));
    }
  };
  submit(std::move(addressed));
}

Result<std::optional<TaskSnapshot>> ApiGatewayService::find_task(const TaskId& task) const {
  return parts_.tasks.find(task);
}

void ApiGatewayService::wait_for_views() const {
  // Views that lag longer than this answer with what they have; their lag is a metric.
  std::ignore = parts_.views.wait_for(parts_.events.last_task_event(), kViewPatience);
}

Result<Page<TaskSnapshot>> ApiGatewayService::list_tasks(const TaskQuery& query) const {
  wait_for_views();
  return parts_.repository.list_tasks(query);
}

Result<Page<RunListItem>> ApiGatewayService::list_runs(const RunQuery& query) const {
  wait_for_views();
  return parts_.repository.list_runs(query);
}

Result<std::optional<RunListItem>> ApiGatewayService::find_run(const RunId& run) const {
  wait_for_views();
  return parts_.repository.find_run(run);
}

Result<Page<SlotRow>> ApiGatewayService::list_slots(const TaskId& task,
                                                    const PageRequest& page) const {
  wait_for_views();
  return parts_.repository.list_slots(task, page);
}

Result<Page<FactRecord>> ApiGatewayService::list_task_facts(const TaskId& task,
                                                            const PageRequest& page) const {
  wait_for_views();
  auto refs = parts_.repository.list_task_events(task, page);
  if (!refs) return fail(std::move(refs.error()));
  Page<FactRecord> facts{.items = {}, .next_cursor = std::move(refs->next_cursor)};
  for (const TaskEventRef& ref : refs->items) {
    const JournalPosition before{ref.position.value() - 1};
    auto found = parts_.store.facts_after(Topic::task_events, before, 1);
    if (!found) return fail(std::move(found.error()));
    // Retention may have removed the fact since the view listed it.
    if (!found->empty() && found->front().position == ref.position) {
      facts.items.push_back(std::move(found->front()));
    }
  }
  return facts;
}

Result<std::vector<LogLine>> ApiGatewayService::read_log(const AttemptId& attempt,
                                                         std::uint64_t after,
                                                         std::size_t limit) const {
  return parts_.logs.read(attempt, after, limit);
}

Result<std::vector<FactRecord>> ApiGatewayService::facts_after(Topic topic, JournalPosition after,
                                                               std::size_t limit) const {
  return parts_.store.facts_after(topic, after, limit);
}

Result<std::vector<JournalRecord>> ApiGatewayService::records_after(Topic topic,
                                                                    JournalPosition after,
                                                                    std::size_t limit) const {
  // One stream holds the inputs of all operators; those of other topics are passed over.
  constexpr std::size_t kChunk = 1'000;
  constexpr int kChunksMax = 100;
  std::vector<JournalRecord> records;
  for (int chunk = 0; chunk < kChunksMax && records.size() < limit; ++chunk) {
    auto next = parts_.store.journal_after(after, kChunk);
    if (!next) return fail(std::move(next.error()));
    if (next->empty()) break;
    after = next->back().position;
    for (JournalRecord& record : *next) {
      if (input_topic(record.to) == topic && records.size() < limit) {
        records.push_back(std::move(record));
      }
    }
  }
  return records;
}

std::shared_ptr<void> ApiGatewayService::listen(FactListener listener) {
  return parts_.events.listen(std::move(listener));
}

JournalPosition ApiGatewayService::last_position() const {
  return parts_.store.mark().last_position;
}

std::vector<TypeDescription> ApiGatewayService::task_types() const {
  std::vector<TypeDescription> described;
  for (TaskTypeDescription& type : parts_.types.list()) {
    described.push_back({.name = std::move(type.name),
                         .summary = std::move(type.summary),
                         .lane = std::string(word_of(type.lane)),
                         .schema_json = std::move(type.schema_json),
                         .example_json = std::move(type.example_json)});
  }
  return described;
}

}  // namespace carillon
