// Any bytes as the stored form of every record, fact and state value: refused as corrupt or newer,
// or a value that is written and read to the same again, and can be shown as JSON.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/wire.h"
#include "codec/record_codec.h"
#include "core/command_deduplicator/command_state.h"
#include "core/keyed_state.h"
#include "core/queue_dispatcher/queue_state.h"
#include "core/task_scheduler/task_state.h"
#include "core/workflow_orchestrator/workflow_state.h"
#include "domain/record/commands.h"
#include "domain/record/facts.h"
#include "domain/record/queue_records.h"
#include "domain/record/task_messages.h"
#include "domain/record/workflow_records.h"
#include "domain/words.h"
#include "ports/engine_store.h"

namespace {

using namespace carillon;

void check_error(const Error& error) {
  const bool is_told = error.code == ErrorCode::corrupt || error.code == ErrorCode::newer_version;
  CARILLON_CHECK(is_told && !error.message.empty(), "what is wrong is told");
}

template <class T>
void check_value(std::string_view bytes) {
  const auto value = from_wire<T>(bytes);
  if (!value) return check_error(value.error());
  const Bytes written = to_wire(*value);
  CARILLON_CHECK(written.size() <= bytes.size(), "the written form is the short one");
  const auto again = from_wire<T>(written);
  CARILLON_CHECK(again.has_value(), "what is written is read");
  CARILLON_CHECK(to_wire(*again) == written, "to the same");
}

template <class T>
void check_state(std::string_view bytes) {
  const auto value = decode_state<T>(bytes);
  if (!value) return check_error(value.error());
  const Bytes written = encode_state(*value);
  const auto again = decode_state<T>(written);
  CARILLON_CHECK(again && encode_state(*again) == written, "a state is read to the same");
}

// What the engine keeps, besides the payloads of records and facts.
using Stored = std::tuple<JournalRecord, FactRecord, DeadLetter, CarriedMessage, ClockStepNotice>;
using States =
    std::tuple<TaskState, queue_dispatcher::QueueHeader, queue_dispatcher::WaitingChunk,
               queue_dispatcher::UsedSlot, queue_dispatcher::TaskBucket,
               workflow_orchestrator::WorkflowHeader, workflow_orchestrator::WorkflowPlan,
               workflow_orchestrator::StoredStep, workflow_orchestrator::StepResult,
               workflow_orchestrator::NextStart, command_deduplicator::KeptCommand, TaskDefinition>;

constexpr std::uint8_t kRecordTypes = 100;  // More than there are numbers.
constexpr std::uint8_t kFactTypes = 100;

template <class Enum>
bool has_word(Enum value) {
  for (const auto& [enumerator, word] : Words<Enum>::rows) {
    if (enumerator == value) return true;
  }
  return false;
}

template <class List, std::size_t... kPlace>
void check_one(std::size_t index, std::string_view bytes, std::index_sequence<kPlace...>) {
  const auto check = [&]<std::size_t kAt>() {
    using T = std::tuple_element_t<kAt, List>;
    if constexpr (requires { T::kSchemaVersion; }) {
      check_state<T>(bytes);
    } else {
      check_value<T>(bytes);
    }
  };
  ((kPlace == index ? check.template operator()<kPlace>() : void()), ...);
}

template <class List>
void check_one(std::size_t index, std::string_view bytes) {
  check_one<List>(index, bytes, std::make_index_sequence<std::tuple_size_v<List>>());
}

void check_json(const Result<std::string>& json) {
  if (!json) return check_error(json.error());
  CARILLON_CHECK(json->starts_with('{') && json->ends_with('}'), "a payload is an object");
}

}  // namespace

// The first byte chooses what the others are: the payload of a record, of a fact, or a value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t kind = data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (kind < kRecordTypes) {
    const auto type = static_cast<RecordType>(kind);
    if (has_word(type)) check_json(record_payload_json(type, bytes));
  } else if (kind < kRecordTypes + kFactTypes) {
    const auto type = static_cast<FactType>(kind - kRecordTypes);
    if (has_word(type)) check_json(fact_payload_json(type, bytes));
  } else {
    const std::size_t index = kind - kRecordTypes - kFactTypes;
    check_one<Stored>(index, bytes);
    check_one<States>(index - std::tuple_size_v<Stored>, bytes);
    if (index == std::tuple_size_v<Stored> + std::tuple_size_v<States>)
      check_value<TaskFact>(bytes);
  }
  return 0;
}
