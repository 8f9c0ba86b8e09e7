#include "runtime/engine/step_context.h"

#include <utility>

#include "base/check.h"

namespace carillon {

void StepContext::begin(OperatorName op, std::string_view key, Instant now) {
  op_ = op;
  key_ = key;
  now_ = now;
  messages_.clear();
  facts_.clear();
  wake_up_.reset();
  read_error_.reset();
}

std::optional<Bytes> StepContext::get(Subkey subkey) {
  auto value = state_.get({.op = op_, .key = key_, .subkey = subkey});
  if (!value) {
    if (!read_error_) read_error_ = std::move(value.error());
    return std::nullopt;
  }
  if (*value == nullptr) return std::nullopt;
  return **value;
}

void StepContext::put(Subkey subkey, Bytes value) {
  state_.put({.op = op_, .key = key_, .subkey = subkey}, std::move(value));
}

void StepContext::erase(Subkey subkey) {
  state_.put({.op = op_, .key = key_, .subkey = subkey}, std::nullopt);
}

void StepContext::send(OperatorName to, Key key, RecordType type, Bytes payload) {
  messages_.push_back(
      {.to = to, .key = std::move(key), .type = type, .payload = std::move(payload)});
}

void StepContext::emit(Topic topic, FactType type, Key entity, Bytes payload) {
  facts_.push_back(
      {.topic = topic, .type = type, .entity = std::move(entity), .payload = std::move(payload)});
}

void StepContext::wake_at(std::optional<Instant> at) { wake_up_ = at; }

const ZoneSource& StepContext::zones() const {
  CARILLON_CHECK(zones_ != nullptr, "this engine was given no time zones");
  return *zones_;
}

}  // namespace carillon
