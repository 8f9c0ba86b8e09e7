// CoreHarness: the smallest host of the core's operators, for tests. State in memory, messages
// first in first out, virtual time, wake-ups kept, everything that was sent and told recorded.
//
// One thread. Messages to an operator that is not hosted are recorded and go nowhere, so a test of
// one operator plays the others by hand.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "base/wire.h"
#include "core/operator.h"
#include "domain/words.h"
#include "support/record_types.h"

namespace carillon {

// `twice` hands every record to its operator two times in a row and notes what the second one
// changed: it may change nothing, tell nothing but an answer, and ask for no other wake-up.
enum class Delivery { once, twice };

struct HarnessOptions {
  std::vector<OperatorName> operators;
  std::string_view start = "2026-01-01T00:00:00Z";
  Delivery delivery = Delivery::once;
  const ZoneSource* zones = nullptr;  // Only what asks for zones needs one.
};

struct SentRecord {
  OperatorName to = OperatorName::task_scheduler;
  Key key;
  RecordType type = RecordType::due;
  Bytes payload;

  friend bool operator==(const SentRecord&, const SentRecord&) = default;
};

struct ToldFact {
  Topic topic = Topic::task_events;
  FactType type = FactType::task_created;
  Key entity;
  Bytes payload;

  friend bool operator==(const ToldFact&, const ToldFact&) = default;
};

class CoreHarness {
 public:
  using StateAddress = std::tuple<OperatorName, Key, Subkey>;
  using States = std::map<StateAddress, Bytes>;

  explicit CoreHarness(HarnessOptions options);

  // Puts a record behind those that wait. Nothing is delivered yet.
  void post(SentRecord record);

  template <class Payload>
  void post(const Key& key, const Payload& payload) {
    using To = AddressOf<Payload>;
    post({.to = To::to, .key = key, .type = To::type, .payload = to_wire(payload)});
  }

  // Delivers what waits and what is due by now, until there is nothing more.
  void run();

  // Delivers the one record that waits longest; false when there was none.
  bool run_one();

  template <class Payload>
  void submit(const Key& key, const Payload& payload) {
    post(key, payload);
    run();
  }

  // Moves time to each wake-up on the way, then to `time`, and runs.
  void advance_to(Instant time);
  void advance_to(std::string_view rfc3339);

  // Time passes while the host is down: what was due on the way is delivered late.
  void resume_at(std::string_view rfc3339);

  // Somebody sets the clock back: every machine that waits for a moment is told.
  void set_clock_back(std::string_view rfc3339);

  [[nodiscard]] Instant now() const { return now_; }

  // What was sent between operators and told to the world, in order, since forget_effects.
  [[nodiscard]] const std::vector<SentRecord>& sent() const { return sent_; }
  [[nodiscard]] const std::vector<ToldFact>& told() const { return told_; }
  void forget_effects();

  // The payloads of that type, with the key they were sent to.
  template <class Payload>
  [[nodiscard]] std::vector<std::pair<Key, Payload>> sent_of() const {
    std::vector<std::pair<Key, Payload>> found;
    for (const SentRecord& record : sent_) {
      if (record.type != AddressOf<Payload>::type) continue;
      found.emplace_back(record.key, from_wire<Payload>(record.payload).value());
    }
    return found;
  }

  // The payloads of the facts of that type.
  template <class Payload>
  [[nodiscard]] std::vector<Payload> told_of(FactType type) const {
    std::vector<Payload> found;
    for (const ToldFact& fact : told_) {
      if (fact.type == type) found.push_back(from_wire<Payload>(fact.payload).value());
    }
    return found;
  }

  [[nodiscard]] const States& states() const { return states_; }
  [[nodiscard]] std::optional<Bytes> state(OperatorName op, const Key& key, Subkey subkey) const;
  [[nodiscard]] std::optional<Instant> wake_up(OperatorName op, const Key& key) const;

  // Why operators refused records, and what repeats changed (Delivery::twice). Empty when all is
  // well.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  class Step;
  using MachineKey = std::pair<OperatorName, Key>;

  void deliver(const SentRecord& record);
  void take_over(const SentRecord& record, Step& step);
  void check_repeat(const SentRecord& record, Operator& machine);
  [[nodiscard]] std::optional<std::pair<Instant, MachineKey>> earliest_wake_up() const;

  const ZoneSource* zones_;
  Delivery delivery_;
  Instant now_;
  std::map<OperatorName, std::unique_ptr<Operator>> operators_;
  std::deque<SentRecord> waiting_;
  States states_;
  std::map<MachineKey, Instant> wake_ups_;
  std::vector<SentRecord> sent_;
  std::vector<ToldFact> told_;
  std::vector<std::string> complaints_;
  std::uint64_t delivered_ = 0;
};

}  // namespace carillon
