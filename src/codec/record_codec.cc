#include "codec/record_codec.h"

#include <utility>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "codec/json_reader.h"
#include "domain/id/derived_ids.h"
#include "domain/record/commands.h"
#include "domain/record/facts.h"
#include "domain/record/queue_records.h"
#include "domain/record/task_messages.h"
#include "domain/record/workflow_records.h"
#include "domain/words.h"

namespace carillon {
namespace {

using Element = simdjson::dom::element;

// Calls visit with a value of the struct that belongs to the type.
template <class Visit>
auto with_record_struct(RecordType type, Visit&& visit) {
  switch (type) {
    case RecordType::due:
      return visit(Due{});
    case RecordType::clock_stepped:
      return visit(ClockStepped{});
    case RecordType::create_task:
      return visit(CreateTask{});
    case RecordType::update_task:
      return visit(UpdateTask{});
    case RecordType::schedule_task:
      return visit(ScheduleTask{});
    case RecordType::pause_task:
      return visit(PauseTask{});
    case RecordType::resume_task:
      return visit(ResumeTask{});
    case RecordType::cancel_task:
      return visit(CancelTask{});
    case RecordType::retry_task:
      return visit(RetryTask{});
    case RecordType::run_now:
      return visit(RunNow{});
    case RecordType::set_status:
      return visit(SetStatus{});
    case RecordType::delete_task:
      return visit(DeleteTask{});
    case RecordType::purge_task:
      return visit(PurgeTask{});
    case RecordType::attempt_granted:
      return visit(AttemptGranted{});
    case RecordType::attempt_started:
      return visit(AttemptStarted{});
    case RecordType::attempt_progress:
      return visit(AttemptProgress{});
    case RecordType::attempt_finished:
      return visit(AttemptFinished{});
    case RecordType::attempt_lost:
      return visit(AttemptLost{});
    case RecordType::workflow_finished:
      return visit(WorkflowFinished{});
    case RecordType::zone_rules_changed:
      return visit(ZoneRulesChanged{});
    case RecordType::run_ready:
      return visit(RunReady{});
    case RecordType::run_withdrawn:
      return visit(RunWithdrawn{});
    case RecordType::run_released:
      return visit(RunReleased{});
    case RecordType::worker_credit:
      return visit(WorkerCredit{});
    case RecordType::worker_lost:
      return visit(WorkerLost{});
    case RecordType::queue_changed:
      return visit(QueueChanged{});
    case RecordType::workflow_started:
      return visit(WorkflowStarted{});
    case RecordType::step_finished:
      return visit(StepFinished{});
    case RecordType::workflow_cancelled:
      return visit(WorkflowCancelled{});
    case RecordType::keyed_command:
      return visit(KeyedCommand{});
    case RecordType::command_answered:
      return visit(CommandAnswered{});
  }
  std::unreachable();
}

template <class Visit>
auto with_fact_struct(FactType type, Visit&& visit) {
  switch (type) {
    case FactType::task_created:
    case FactType::task_updated:
    case FactType::task_scheduled:
    case FactType::task_paused:
    case FactType::task_resumed:
    case FactType::task_cancelled:
    case FactType::task_deleted:
    case FactType::task_purged:
    case FactType::task_status_set:
    case FactType::task_completed:
    case FactType::task_failed:
    case FactType::slot_decided:
    case FactType::run_created:
    case FactType::run_started:
    case FactType::run_retrying:
    case FactType::run_completed:
    case FactType::run_failed:
    case FactType::run_cancelled:
    case FactType::attempt_lost:
    case FactType::attempt_progressed:
    case FactType::late_result_refused:
    case FactType::workflow_step_started:
    case FactType::workflow_step_finished:
      return visit(TaskFact{});
    case FactType::task_answer:
      return visit(TaskAnswer{});
    case FactType::attempt_dispatched:
      return visit(AttemptDispatched{});
    case FactType::attempt_stop_requested:
      return visit(AttemptStopRequested{});
    case FactType::queue_opened:
      return visit(QueueOpened{});
    case FactType::attempt_claim_answered:
      return visit(AttemptClaimAnswered{});
    case FactType::notification:
      return visit(Notification{});
  }
  std::unreachable();
}

// A keyed command carries another record in its bytes; in JSON it is nested.
Result<std::string> keyed_command_json(const KeyedCommand& command) {
  auto inner = record_payload_json(command.type, command.payload);
  if (!inner) return inner;
  std::string out = R"({"commandId":)";
  append_json(out, command.id);
  out += R"(,"fingerprint":)";
  append_json(out, command.fingerprint);
  out += R"(,"target":)";
  append_json(out, key_text(OperatorName::task_scheduler, command.target));
  out += R"(,"type":)";
  append_json(out, command.type);
  out += R"(,"payload":)" + *inner + "}";
  return out;
}

template <class T>
Result<std::string> struct_json(std::string_view payload) {
  auto value = from_wire<T>(payload);
  if (!value) return fail(std::move(value.error()));
  if constexpr (std::is_same_v<T, KeyedCommand>) {
    return keyed_command_json(*value);
  } else {
    return to_json(*value);
  }
}

Result<Bytes> payload_from_json(RecordType type, Element element);

// The text of a member; empty when it is missing or not a string.
std::string_view text_member(Element object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS) return {};
  return text;
}

Result<KeyedCommand> keyed_command_from_json(Element element) {
  KeyedCommand command;
  const auto id = parse_uuid(text_member(element, "commandId"));
  const auto type = from_word<RecordType>(text_member(element, "type"));
  auto target = key_from_text(OperatorName::task_scheduler, text_member(element, "target"));
  Element inner;
  if (!id || !type || !target || element["payload"].get(inner) != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_value,
                "A KeyedCommand lacks commandId, type, target or payload.");
  }
  auto payload = payload_from_json(*type, inner);
  if (!payload) return fail(std::move(payload.error()));
  return KeyedCommand{.id = CommandId{*id},
                      .fingerprint = std::string(text_member(element, "fingerprint")),
                      .target = std::move(*target),
                      .type = *type,
                      .payload = std::move(*payload)};
}

template <class T>
Result<Bytes> struct_from_json(Element element) {
  if constexpr (std::is_same_v<T, KeyedCommand>) {
    auto command = keyed_command_from_json(element);
    if (!command) return fail(std::move(command.error()));
    return to_wire(*command);
  } else {
    JsonReader reader;
    T value{};
    reader.read(element, "", value);
    if (!reader.errors().empty()) {
      Error first = reader.errors().front();
      first.message = fmt::format("{}: {}", first.pointer, first.message);
      return fail(std::move(first));
    }
    return to_wire(value);
  }
}

Result<Bytes> payload_from_json(RecordType type, Element element) {
  return with_record_struct(
      type, [&]<class T>(const T&) -> Result<Bytes> { return struct_from_json<T>(element); });
}

}  // namespace

std::string key_text(OperatorName op, std::string_view key) {
  switch (op) {
    case OperatorName::task_scheduler:
      if (const auto id = uuid_from_raw(key)) return to_text(*id);
      break;
    case OperatorName::workflow_orchestrator:
      if (const auto run = parse_workflow_key(key)) return to_text(*run);
      break;
    case OperatorName::queue_dispatcher:
    case OperatorName::command_deduplicator:
      break;
  }
  return std::string(key);
}

Result<Key> key_from_text(OperatorName op, std::string_view text) {
  switch (op) {
    case OperatorName::task_scheduler:
      if (const auto id = parse_uuid(text)) return Key(id->raw());
      return fail(ErrorCode::invalid_value, fmt::format("'{}' is not a task id.", text));
    case OperatorName::workflow_orchestrator:
      if (const auto run = parse_run_id(text)) return workflow_key(*run);
      return fail(ErrorCode::invalid_value, fmt::format("'{}' is not a run id.", text));
    case OperatorName::queue_dispatcher:
    case OperatorName::command_deduplicator:
      return Key(text);
  }
  std::unreachable();
}

Result<std::string> record_payload_json(RecordType type, std::string_view payload) {
  return with_record_struct(
      type, [&]<class T>(const T&) -> Result<std::string> { return struct_json<T>(payload); });
}

Result<std::string> fact_payload_json(FactType type, std::string_view payload) {
  return with_fact_struct(
      type, [&]<class T>(const T&) -> Result<std::string> { return struct_json<T>(payload); });
}

Result<std::string> journal_line(const JournalRecord& record) {
  auto payload = record_payload_json(record.type, record.payload);
  if (!payload) return payload;
  std::string out = fmt::format(R"({{"position":{},"at":)", record.position.value());
  append_json(out, record.at);
  out += R"(,"operator":)";
  append_json(out, record.to);
  out += R"(,"key":)";
  append_json(out, key_text(record.to, record.key));
  out += R"(,"type":)";
  append_json(out, record.type);
  out += R"(,"derived":)";
  append_json(out, record.derived);
  out += R"(,"payload":)" + *payload + "}";
  return out;
}

Result<JournalRecord> read_journal_line(std::string_view line) {
  auto document = JsonDocument::parse(line);
  if (!document) return fail(std::move(document.error()));
  const Element root = document->root();
  JournalRecord record;
  std::uint64_t position = 0;
  const auto at = parse_rfc3339(text_member(root, "at"));
  const auto op = from_word<OperatorName>(text_member(root, "operator"));
  const auto type = from_word<RecordType>(text_member(root, "type"));
  Element payload;
  if (root["position"].get(position) != simdjson::SUCCESS || !at || !op || !type ||
      root["payload"].get(payload) != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_value,
                "A journal line needs position, at, operator, key, type and payload.",
                "Export it again with carillon journal export.");
  }
  auto key = key_from_text(*op, text_member(root, "key"));
  if (!key) return fail(std::move(key.error()));
  auto bytes = payload_from_json(*type, payload);
  if (!bytes) return fail(std::move(bytes.error()));
  bool derived = false;
  if (root["derived"].get(derived) != simdjson::SUCCESS) derived = false;
  return JournalRecord{.position = JournalPosition{position},
                       .at = *at,
                       .to = *op,
                       .key = std::move(*key),
                       .type = *type,
                       .derived = derived,
                       .payload = std::move(*bytes)};
}

Result<std::string> fact_event_json(const FactRecord& fact) {
  auto payload = fact_payload_json(fact.type, fact.payload);
  if (!payload) return payload;
  const std::string subject = key_text(OperatorName::task_scheduler, fact.entity);
  std::string out = R"({"specversion":"1.0","id":)";
  append_json(out, fmt::format("{}", fact.position.value()));
  out += R"(,"source":"/carillon","type":)";
  append_json(out, fact.type);
  out += R"(,"subject":)";
  append_json(out, subject);
  out += R"(,"time":)";
  append_json(out, fact.at);
  out += R"(,"datacontenttype":"application/json","topic":)";
  append_json(out, fact.topic);
  out += fmt::format(R"(,"position":{},"cause":{},"data":)", fact.position.value(),
                     fact.cause.value());
  out += *payload + "}";
  return out;
}

}  // namespace carillon
