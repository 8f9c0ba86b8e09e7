#include "runtime/replay/replay_host.h"

#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/hash.h"
#include "core/operators.h"

namespace carillon {

// Changes of one step, kept apart until it succeeded.
class ReplayHost::StepContext final : public Context {
 public:
  StepContext(ReplayHost& host, const Message& message, Instant now)
      : host_(host), message_(message), now_(now) {}

  [[nodiscard]] std::string_view key() const override { return message_.key; }
  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] const ZoneSource& zones() const override { return host_.zones_; }

  std::optional<Bytes> get(Subkey subkey) override {
    const StateKey at = address(subkey);
    if (const auto changed = changes_.find(at); changed != changes_.end()) return changed->second;
    const auto stored = host_.state_.find(at);
    return stored == host_.state_.end() ? std::nullopt : std::optional(stored->second);
  }
  void put(Subkey subkey, Bytes value) override { changes_[address(subkey)] = std::move(value); }
  void erase(Subkey subkey) override { changes_[address(subkey)] = std::nullopt; }

  void send(OperatorName to, Key key, RecordType type, Bytes payload) override {
    sent_.push_back({.to = to, .key = std::move(key), .type = type, .payload = std::move(payload)});
  }
  void emit(Topic topic, FactType type, Key entity, Bytes payload) override {
    facts_.push_back({.position = {},
                      .cause = host_.cause_,
                      .at = now_,
                      .topic = topic,
                      .type = type,
                      .entity = std::move(entity),
                      .payload = std::move(payload)});
  }
  // Time comes from the journal's own Due records.
  void wake_at(std::optional<Instant> /*at*/) override {}

  void keep() {
    for (auto& [at, value] : changes_) {
      if (value) {
        host_.state_[at] = std::move(*value);
      } else {
        host_.state_.erase(at);
      }
    }
    for (Message& message : sent_) host_.messages_.push_back(std::move(message));
    for (FactRecord& fact : facts_) {
      fact.position = JournalPosition{++host_.told_};
      host_.sink_(fact);
    }
  }

 private:
  [[nodiscard]] StateKey address(Subkey subkey) const {
    return {.op = message_.to, .key = message_.key, .subkey = subkey};
  }

  ReplayHost& host_;
  const Message& message_;
  const Instant now_;
  std::map<StateKey, std::optional<Bytes>> changes_;
  std::vector<Message> sent_;
  std::vector<FactRecord> facts_;
};

ReplayHost::ReplayHost(const ZoneSource& zones, FactSink sink)
    : zones_(zones), sink_(std::move(sink)) {
  for (const OperatorName name :
       {OperatorName::task_scheduler, OperatorName::queue_dispatcher,
        OperatorName::workflow_orchestrator, OperatorName::command_deduplicator}) {
    operators_[name] = make_operator(name);
  }
}

ReplayHost::~ReplayHost() = default;

Result<void> ReplayHost::deliver(const Message& message, Instant at) {
  StepContext context(*this, message, at);
  const Record record{.type = message.type, .id = {}, .payload = message.payload};
  if (auto stepped = operators_.at(message.to)->on_record(context, record); !stepped) {
    return stepped;
  }
  context.keep();
  return {};
}

Result<void> ReplayHost::step(const JournalRecord& record) {
  cause_ = record.position;
  const Message message{
      .to = record.to, .key = record.key, .type = record.type, .payload = record.payload};
  if (record.derived) {
    if (messages_.empty() || messages_.front() != message) {
      return fail(ErrorCode::corrupt,
                  fmt::format("Record {} was sent by a rule, but the rules do not send it now.",
                              record.position.value()),
                  "Replay a journal from its beginning, with the version that wrote it.");
    }
    messages_.pop_front();
  }
  return deliver(message, record.at);
}

std::uint64_t ReplayHost::state_hash() const {
  Bytes all;
  for (const auto& [key, value] : state_) {
    all.push_back(static_cast<char>(key.op));
    all += key.key;
    wire::put_varint(all, key.subkey);
    wire::put_varint(all, value.size());
    all += value;
  }
  return siphash_2_4(all);
}

}  // namespace carillon
