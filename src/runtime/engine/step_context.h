// What a step of an operator sees and asks for, collected until the step has succeeded. One thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/operator.h"
#include "runtime/engine/state_table.h"

namespace carillon {

// The embedded engine's Context. One object serves all steps, one after the other.
class StepContext final : public Context {
 public:
  struct Fact {
    Topic topic;
    FactType type;
    Key entity;
    Bytes payload;
  };

  StepContext(StateTable& state, const ZoneSource* zones) : state_(state), zones_(zones) {}

  // Begins a step. `key` must outlive it.
  void begin(OperatorName op, std::string_view key, Instant now);

  [[nodiscard]] std::string_view key() const override { return key_; }
  [[nodiscard]] Instant now() const override { return now_; }
  std::optional<Bytes> get(Subkey subkey) override;
  void put(Subkey subkey, Bytes value) override;
  void erase(Subkey subkey) override;
  void send(OperatorName to, Key key, RecordType type, Bytes payload) override;
  void emit(Topic topic, FactType type, Key entity, Bytes payload) override;
  void wake_at(std::optional<Instant> at) override;
  [[nodiscard]] const ZoneSource& zones() const override;

  // What the step asked for. Meaningful until the next begin.
  [[nodiscard]] std::vector<CarriedMessage>& messages() { return messages_; }
  [[nodiscard]] std::vector<Fact>& facts() { return facts_; }

  // The wake-up it asked for last; the outer none means that it did not speak of it.
  [[nodiscard]] const std::optional<std::optional<Instant>>& wake_up() const { return wake_up_; }

  // The first failed read of the store; the step saw nothing there, so nothing of it may be kept.
  [[nodiscard]] const std::optional<Error>& read_error() const { return read_error_; }

 private:
  StateTable& state_;
  const ZoneSource* const zones_;
  OperatorName op_ = OperatorName::task_scheduler;
  std::string_view key_;
  Instant now_;
  std::vector<CarriedMessage> messages_;
  std::vector<Fact> facts_;
  std::optional<std::optional<Instant>> wake_up_;
  std::optional<Error> read_error_;
};

}  // namespace carillon
