#include "api/events/fact_json.h"

#include <string_view>
#include <utility>

#include "base/json_writer.h"
#include "base/wire.h"
#include "codec/record_codec.h"
#include "domain/record/facts.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

template <class T>
bool is_absent(const T& value) {
  if constexpr (kIsOptional<T>) {
    return !value.has_value();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return value.empty();
  } else {
    return false;
  }
}

void append_start(std::string& out, const FactRecord& fact) {
  out += R"({"type":)";
  append_json(out, fact.type);
  out += R"(,"at":)";
  append_json(out, fact.at);
  out += R"(,"position":)";
  append_json(out, fact.position);
}

Result<void> append_task_fact(std::string& out, const FactRecord& record) {
  const auto fact = from_wire<TaskFact>(record.payload);
  if (!fact) return fail(fact.error());
  append_start(out, record);
  for_each_field<TaskFact>([&](const auto& row) {
    const auto& value = *fact.*(row.member);
    if (is_absent(value)) return;
    out.push_back(',');
    append_json_string(out, row.name);
    out.push_back(':');
    append_json(out, value);
  });
  out.push_back('}');
  return {};
}

}  // namespace

Result<void> append_fact_json(std::string& out, const FactRecord& fact) {
  if (fact.topic == Topic::task_events) return append_task_fact(out, fact);
  auto payload = fact_payload_json(fact.type, fact.payload);
  if (!payload) return fail(std::move(payload.error()));
  append_start(out, fact);
  if (fact.topic == Topic::task_execution) {
    out += R"(,"data":)" + *payload + "}";
  } else {
    // Spliced into the object that was begun: ,"a":1} or only }.
    if (*payload != "{}") out.push_back(',');
    out += std::string_view(*payload).substr(1);
  }
  return {};
}

}  // namespace carillon::api
