#include "support/core_harness.h"

#include <algorithm>

#include "base/check.h"
#include "base/rfc3339.h"
#include "core/operators.h"
#include "domain/words.h"

namespace carillon {
namespace {

Instant read_instant(std::string_view text) {
  const auto instant = parse_rfc3339(text);
  CARILLON_CHECK(instant.has_value(), "the harness takes RFC 3339 instants");
  return *instant;
}

}  // namespace

// The context of one step: changes and effects stay here until the step has succeeded.
class CoreHarness::Step final : public Context {
 public:
  Step(CoreHarness& harness, const SentRecord& record) : harness_(harness), record_(record) {}

  [[nodiscard]] std::string_view key() const override { return record_.key; }
  [[nodiscard]] Instant now() const override { return harness_.now_; }

  std::optional<Bytes> get(Subkey subkey) override {
    if (const auto changed = changes.find(subkey); changed != changes.end()) return changed->second;
    return harness_.state(record_.to, record_.key, subkey);
  }
  void put(Subkey subkey, Bytes value) override { changes[subkey] = std::move(value); }
  void erase(Subkey subkey) override { changes[subkey] = std::nullopt; }

  void send(OperatorName to, Key key, RecordType type, Bytes payload) override {
    sent.push_back({.to = to, .key = std::move(key), .type = type, .payload = std::move(payload)});
  }
  void emit(Topic topic, FactType type, Key entity, Bytes payload) override {
    told.push_back(
        {.topic = topic, .type = type, .entity = std::move(entity), .payload = std::move(payload)});
  }
  void wake_at(std::optional<Instant> at) override { wake = at; }

  [[nodiscard]] const ZoneSource& zones() const override {
    CARILLON_CHECK(harness_.zones_ != nullptr, "this test's harness was given no zones");
    return *harness_.zones_;
  }

  std::map<Subkey, std::optional<Bytes>> changes;
  std::vector<SentRecord> sent;
  std::vector<ToldFact> told;
  std::optional<std::optional<Instant>> wake;

 private:
  CoreHarness& harness_;
  const SentRecord& record_;
};

CoreHarness::CoreHarness(HarnessOptions options)
    : zones_(options.zones), delivery_(options.delivery), now_(read_instant(options.start)) {
  for (const OperatorName name : options.operators) {
    operators_[name] = make_operator(name);
    CARILLON_CHECK(operators_[name] != nullptr, "the core does not have this operator");
  }
}

void CoreHarness::post(SentRecord record) { waiting_.push_back(std::move(record)); }

bool CoreHarness::run_one() {
  if (waiting_.empty()) {
    const auto next = earliest_wake_up();
    if (!next || next->first > now_) return false;
    const auto& [at, machine] = *next;
    wake_ups_.erase(machine);
    post({.to = machine.first,
          .key = machine.second,
          .type = RecordType::due,
          .payload = to_wire(Due{.at = at})});
  }
  const SentRecord record = std::move(waiting_.front());
  waiting_.pop_front();
  deliver(record);
  return true;
}

void CoreHarness::run() {
  while (run_one()) {
  }
}

void CoreHarness::advance_to(Instant time) {
  run();
  for (auto next = earliest_wake_up(); next && next->first <= time; next = earliest_wake_up()) {
    now_ = std::max(now_, next->first);
    run();
  }
  now_ = std::max(now_, time);
}

void CoreHarness::advance_to(std::string_view rfc3339) { advance_to(read_instant(rfc3339)); }

void CoreHarness::resume_at(std::string_view rfc3339) {
  now_ = std::max(now_, read_instant(rfc3339));
  run();
}

void CoreHarness::set_clock_back(std::string_view rfc3339) {
  const ClockStepped stepped{.from = now_, .to = read_instant(rfc3339)};
  CARILLON_CHECK(stepped.to < stepped.from, "the clock is set back");
  now_ = stepped.to;
  for (const auto& [machine, at] : wake_ups_) {
    post({.to = machine.first,
          .key = machine.second,
          .type = RecordType::clock_stepped,
          .payload = to_wire(stepped)});
  }
  run();
}

void CoreHarness::forget_effects() {
  sent_.clear();
  told_.clear();
}

std::optional<Bytes> CoreHarness::state(OperatorName op, const Key& key, Subkey subkey) const {
  const auto found = states_.find({op, key, subkey});
  if (found == states_.end()) return std::nullopt;
  return found->second;
}

std::optional<Instant> CoreHarness::wake_up(OperatorName op, const Key& key) const {
  const auto found = wake_ups_.find({op, key});
  if (found == wake_ups_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::pair<Instant, CoreHarness::MachineKey>> CoreHarness::earliest_wake_up() const {
  const auto earliest = std::ranges::min_element(
      wake_ups_, {}, [](const auto& entry) { return std::pair(entry.second, entry.first); });
  if (earliest == wake_ups_.end()) return std::nullopt;
  return std::pair(earliest->second, earliest->first);
}

void CoreHarness::deliver(const SentRecord& record) {
  const auto machine = operators_.find(record.to);
  if (machine == operators_.end()) return;
  const std::string id = "r" + std::to_string(++delivered_);
  Step step(*this, record);
  const auto moved =
      machine->second->on_record(step, {.type = record.type, .id = id, .payload = record.payload});
  if (!moved) {
    complaints_.push_back(std::string(word_of(record.type)) + ": " + moved.error().message);
    return;
  }
  take_over(record, step);
  if (delivery_ == Delivery::twice) check_repeat(record, *machine->second);
}

void CoreHarness::take_over(const SentRecord& record, Step& step) {
  for (auto& [subkey, value] : step.changes) {
    StateAddress address{record.to, record.key, subkey};
    if (value) {
      states_[std::move(address)] = std::move(*value);
    } else {
      states_.erase(address);
    }
  }
  if (step.wake) {
    const MachineKey machine{record.to, record.key};
    wake_ups_.erase(machine);
    if (*step.wake) wake_ups_.emplace(machine, **step.wake);
  }
  for (SentRecord& sent : step.sent) {
    sent_.push_back(sent);
    if (operators_.contains(sent.to)) waiting_.push_back(std::move(sent));
  }
  std::ranges::move(step.told, std::back_inserter(told_));
}

void CoreHarness::check_repeat(const SentRecord& record, Operator& machine) {
  const auto pending = wake_up(record.to, record.key);
  // A step that asks to be woken at the very same instant again makes this Due a new one.
  if (record.type == RecordType::due && pending && record.payload == to_wire(Due{.at = *pending})) {
    return;
  }
  const std::string word(word_of(record.type));
  Step step(*this, record);
  const std::string id = "r" + std::to_string(delivered_);
  const auto moved =
      machine.on_record(step, {.type = record.type, .id = id, .payload = record.payload});
  if (!moved) complaints_.push_back("Repeated " + word + " is refused: " + moved.error().message);
  for (const auto& [subkey, value] : step.changes) {
    if (value == state(record.to, record.key, subkey)) continue;
    complaints_.push_back("Repeated " + word + " changes subkey " + std::to_string(subkey));
  }
  for (const SentRecord& sent : step.sent) {
    if (sent.type == RecordType::command_answered) continue;
    // A task remembers no grant that it does not need; the queue takes a place back only once.
    if (record.type == RecordType::attempt_granted && sent.type == RecordType::run_released)
      continue;
    complaints_.push_back("Repeated " + word + " sends " + std::string(word_of(sent.type)));
  }
  for (const ToldFact& fact : step.told) {
    if (fact.type == FactType::task_answer) continue;
    complaints_.push_back("Repeated " + word + " tells " + std::string(word_of(fact.type)));
  }
  if (step.wake && *step.wake != pending)
    complaints_.push_back("Repeated " + word + " asks for another wake-up");
}

}  // namespace carillon
