#include "api/testing/fake_gateway.h"

#include <algorithm>
#include <utility>

#include "base/wire.h"
#include "domain/words.h"
#include "domain/zone/zone_testing.h"

namespace carillon::api::testing {
namespace {

constexpr std::array<std::string_view, 2> kZoneNames{"Europe/Berlin", "UTC"};

}  // namespace

TaskId task_id(const std::string& text) { return parse_task_id(text).value(); }

TaskFact task_fact(std::uint64_t version) {
  return {.task = task_id(), .version = TaskVersion(version), .by = "ann"};
}

FakeZones::FakeZones() {
  const carillon::testing::HandMadeZone berlin{
      .initial_offset = 3600,
      .changes = {{1'774'746'000, 7200}, {1'792'890'000, 3600}},  // 2026-03-29 and 2026-10-25.
      .footer = "CET-1"};
  berlin_ = std::make_unique<ZoneRules>(ZoneRules::parse(berlin.bytes()).value());
}

const ZoneRules* FakeZones::find(std::string_view name, std::string_view /*fingerprint*/) const {
  if (name == "UTC") return &ZoneRules::utc();
  return name == "Europe/Berlin" ? berlin_.get() : nullptr;
}

std::string_view FakeZones::fingerprint(std::string_view /*name*/) const { return "f"; }

std::span<const std::string_view> FakeZones::names() const { return kZoneNames; }

FakeGateway::FakeGateway() {
  const TaskId id = task_id();
  TaskSnapshot task{.id = id};
  task.definition.name = "hello";
  task.definition.parameters = JsonText("{}");
  task.row.version = TaskVersion(7);
  tasks.emplace(id, task);
  const RunId run{.task = id, .number = 1};
  runs.push_back({.run = {.id = run, .status = RunStatus::completed, .attempt = 2},
                  .task_name = "hello",
                  .type = "noop"});
  logs[{.run = run, .number = 1}] = {{.sequence = 1, .stream = LogStream::out, .text = "one"},
                                     {.sequence = 2, .stream = LogStream::err, .text = "two"}};
  logs[{.run = run, .number = 2}] = {{.sequence = 1, .stream = LogStream::note, .text = "three"}};
}

CommandOutcome FakeGateway::outcome_of(const TaskSnapshot& task) {
  if (next_problem) return std::unexpected(*std::exchange(next_problem, std::nullopt));
  TaskAnswer answer{.task = task.id, .version = task.row.version};
  if (next_answer) answer = *std::exchange(next_answer, std::nullopt);
  return CommandResult{.answer = std::make_unique<TaskAnswer>(std::move(answer)),
                       .task = std::make_unique<TaskSnapshot>(task),
                       .warnings = warnings};
}

void FakeGateway::create(CreateRequest request, Reply reply) {
  TaskDefinition definition = request.definition;
  if (auto checked = check(definition); !checked.errors.empty()) {
    Error first = checked.errors.front();
    return reply(
        std::unexpected(Problem{.error = std::move(first), .details = std::move(checked.errors)}));
  }
  TaskSnapshot task{.id = task_id(), .definition = std::move(definition)};
  task.row.version = TaskVersion(1);
  const std::lock_guard lock(mutex_);
  caller = request.caller;
  created = std::move(request);
  reply(outcome_of(task));
}

void FakeGateway::create_many(std::vector<CreateRequest> requests, BatchReply reply) {
  std::vector<CommandOutcome> outcomes;
  for (CreateRequest& request : requests) {
    create(std::move(request),
           [&](CommandOutcome outcome) { outcomes.push_back(std::move(outcome)); });
  }
  reply(std::move(outcomes));
}

void FakeGateway::command(TaskId task, TaskCommand command, Caller by, Reply reply) {
  const std::lock_guard lock(mutex_);
  caller = std::move(by);
  const auto found = tasks.find(task);
  if (found == tasks.end()) {
    return reply(std::unexpected(
        Problem{.error = {.code = ErrorCode::not_found, .message = "There is no such task."},
                .details = {}}));
  }
  commanded = std::move(command);
  auto outcome = outcome_of(found->second);
  if (outcome && std::holds_alternative<DeleteTask>(*commanded)) outcome->task.reset();
  reply(std::move(outcome));
}

void FakeGateway::update(TaskId task, DefinitionChange change, Caller by, Reply reply) {
  const std::lock_guard lock(mutex_);
  caller = std::move(by);
  TaskSnapshot changed = tasks.at(task);
  auto definition = change(changed);
  if (!definition) {
    Error first = definition.error().front();
    return reply(std::unexpected(
        Problem{.error = std::move(first), .details = std::move(definition.error())}));
  }
  changed.definition = *std::move(definition);
  check(changed.definition);  // Resolves the dialect.
  changed.row.version = TaskVersion(changed.row.version.value() + 1);
  reply(outcome_of(changed));
}

std::vector<Error> FakeGateway::check(CreateRequest& request) const {
  return check(request.definition).errors;
}

ValidatedDefinition FakeGateway::check(TaskDefinition& definition) const {
  return validate_definition(definition, zones_, now());
}

Result<std::optional<TaskSnapshot>> FakeGateway::find_task(const TaskId& task) const {
  const std::lock_guard lock(mutex_);
  if (read_error) return fail(*read_error);
  const auto found = tasks.find(task);
  if (found == tasks.end()) return std::nullopt;
  return found->second;
}

Result<Page<TaskSnapshot>> FakeGateway::list_tasks(const TaskQuery& query) const {
  const std::lock_guard lock(mutex_);
  if (read_error) return fail(*read_error);
  listed = query;
  Page<TaskSnapshot> page{.next_cursor = next_cursor};
  for (const auto& [id, task] : tasks) page.items.push_back(task);
  return page;
}

Result<Page<RunListItem>> FakeGateway::list_runs(const RunQuery& query) const {
  const std::lock_guard lock(mutex_);
  if (read_error) return fail(*read_error);
  runs_listed = query;
  return Page<RunListItem>{.items = runs, .next_cursor = next_cursor};
}

Result<std::optional<RunListItem>> FakeGateway::find_run(const RunId& run) const {
  const std::lock_guard lock(mutex_);
  if (read_error) return fail(*read_error);
  const auto found = std::ranges::find(runs, run, [](const auto& item) { return item.run.id; });
  if (found == runs.end()) return std::nullopt;
  return *found;
}

Result<Page<SlotRow>> FakeGateway::list_slots(const TaskId& task, const PageRequest&) const {
  if (read_error) return fail(*read_error);
  return Page<SlotRow>{.items = {{.id = {.task = task, .series = 1}}}, .next_cursor = next_cursor};
}

Result<Page<FactRecord>> FakeGateway::list_task_facts(const TaskId&, const PageRequest&) const {
  const std::lock_guard lock(mutex_);
  if (read_error) return fail(*read_error);
  return Page<FactRecord>{.items = facts_, .next_cursor = next_cursor};
}

Result<std::vector<LogLine>> FakeGateway::read_log(const AttemptId& attempt, std::uint64_t after,
                                                   std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  if (read_error) return fail(*read_error);
  std::vector<LogLine> lines;
  const auto found = logs.find(attempt);
  if (found == logs.end()) return lines;
  for (const LogLine& line : found->second) {
    if (line.sequence > after && lines.size() < limit) lines.push_back(line);
  }
  return lines;
}

Result<std::vector<FactRecord>> FakeGateway::facts_after(Topic topic, JournalPosition after,
                                                         std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  if (read_error) return fail(*read_error);
  std::vector<FactRecord> found;
  for (const FactRecord& fact : facts_) {
    if (fact.topic == topic && fact.position > after && found.size() < limit) found.push_back(fact);
  }
  // What happens while a reader is busy with the page that it was given.
  if (const auto hook = std::exchange(on_history_read, nullptr)) hook();
  return found;
}

Result<std::vector<JournalRecord>> FakeGateway::records_after(Topic, JournalPosition after,
                                                              std::size_t) const {
  if (read_error) return fail(*read_error);
  if (after.value() >= 5) return std::vector<JournalRecord>{};
  return std::vector<JournalRecord>{{.position = JournalPosition(5),
                                     .at = now(),
                                     .to = OperatorName::task_scheduler,
                                     .key = Key(task_id().value().raw()),
                                     .type = RecordType::pause_task,
                                     .derived = false,
                                     .payload = to_wire(PauseTask{.reason = "maintenance"})}};
}

std::shared_ptr<void> FakeGateway::listen(FactListener listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(std::move(listener));
  return {this, [this, at = std::prev(listeners_.end())](void*) {
            const std::lock_guard inner(mutex_);
            listeners_.erase(at);
          }};
}

JournalPosition FakeGateway::last_position() const {
  const std::lock_guard lock(mutex_);
  return JournalPosition(position_);
}

std::vector<TypeDescription> FakeGateway::task_types() const {
  return {{.name = "noop",
           .summary = "Does nothing.",
           .lane = "cpu",
           .schema_json = R"({"type":"object"})",
           .example_json = R"({"name":"hello"})"}};
}

Result<void> FakeGateway::backup(std::string_view folder) {
  if (read_error) return fail(*read_error);
  backup_folder = folder;
  return {};
}

void FakeGateway::emit(const TaskFact& fact, FactType type, Topic topic) {
  const std::lock_guard lock(mutex_);
  position_ += 2;  // Journal records take numbers of the same sequence.
  facts_.push_back({.position = JournalPosition(position_),
                    .cause = JournalPosition(position_ - 1),
                    .at = now(),
                    .topic = topic,
                    .type = type,
                    .entity = Key(fact.task.value().raw()),
                    .payload = to_wire(fact)});
  for (const FactListener& listener : listeners_) listener(facts_.back());
}

}  // namespace carillon::api::testing
