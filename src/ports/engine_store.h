// The durable side of one embedded engine: its history, the state folded from it, pending wake-ups
// and the facts told to the world, changed together or not at all.
//
// Port: adapters/embedded (RocksDB) and tests/sim implement it. One writer; any thread reads. The
// world may lose power, be slow, be full, refuse, or answer too late to tell what it did. It never
// reorders and never drops what it acknowledged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "base/result.h"
#include "base/wire.h"
#include "domain/id/ids.h"
#include "domain/record/envelope.h"

namespace carillon {

// One input of an operator as the journal keeps it. The position is not in the table: it is the key
// under which stores keep the bytes.
struct JournalRecord {
  JournalPosition position;
  Instant at;
  OperatorName to = OperatorName::task_scheduler;
  Key key;
  RecordType type = RecordType::due;
  bool derived = false;  // Sent by another operator's step: a replay of the engine makes it again.
  Bytes payload;

  friend bool operator==(const JournalRecord&, const JournalRecord&) = default;
  static constexpr auto fields() {
    using R = JournalRecord;
    return std::tuple{Field{1, "at", &R::at},           Field{2, "to", &R::to},
                      Field{3, "key", &R::key},         Field{4, "type", &R::type},
                      Field{5, "derived", &R::derived}, Field{6, "payload", &R::payload}};
  }
};

// One fact as its topic keeps it. Position and topic are the key under which stores keep it.
struct FactRecord {
  JournalPosition position;  // Own number, taken from the same sequence as journal positions.
  JournalPosition cause;     // The journal record whose step emitted it.
  Instant at;
  Topic topic = Topic::task_events;
  FactType type = FactType::task_created;
  Key entity;
  Bytes payload;

  friend bool operator==(const FactRecord&, const FactRecord&) = default;
  static constexpr auto fields() {
    using F = FactRecord;
    return std::tuple{Field{1, "cause", &F::cause}, Field{2, "at", &F::at},
                      Field{3, "type", &F::type}, Field{4, "entity", &F::entity},
                      Field{5, "payload", &F::payload}};
  }
};

// A record that an operator could not take, kept with the reason.
struct DeadLetter {
  JournalRecord record;
  std::string reason;

  friend bool operator==(const DeadLetter&, const DeadLetter&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "record", &DeadLetter::record},
                      Field{2, "reason", &DeadLetter::reason}};
  }
};

// A message that a step has sent and that a later batch will step: a chain was longer than a batch.
struct CarriedMessage {
  OperatorName to = OperatorName::task_scheduler;
  Key key;
  RecordType type = RecordType::due;
  Bytes payload;

  friend bool operator==(const CarriedMessage&, const CarriedMessage&) = default;
  static constexpr auto fields() {
    using M = CarriedMessage;
    return std::tuple{Field{1, "to", &M::to}, Field{2, "key", &M::key}, Field{3, "type", &M::type},
                      Field{4, "payload", &M::payload}};
  }
};

// The wall clock was set back by so much that every key with a pending wake-up must be told, and
// not all have been: those without a journal record after `since` are still owed a ClockStepped.
struct ClockStepNotice {
  Instant from;
  Instant to;
  JournalPosition since;

  friend bool operator==(const ClockStepNotice&, const ClockStepNotice&) = default;
  static constexpr auto fields() {
    using N = ClockStepNotice;
    return std::tuple{Field{1, "from", &N::from}, Field{2, "to", &N::to},
                      Field{3, "since", &N::since}};
  }
};

struct StateKey {
  OperatorName op = OperatorName::task_scheduler;
  Key key;
  std::uint64_t subkey = 0;

  friend auto operator<=>(const StateKey&, const StateKey&) = default;
};

struct StateChange {
  StateKey key;
  std::optional<Bytes> value;  // None erases.

  friend bool operator==(const StateChange&, const StateChange&) = default;
};

struct WakeUp {
  OperatorName op = OperatorName::task_scheduler;
  Key key;
  Instant at;

  friend auto operator<=>(const WakeUp&, const WakeUp&) = default;
};

struct WakeUpChange {
  OperatorName op = OperatorName::task_scheduler;
  Key key;
  std::optional<Instant> before;  // What is stored now.
  std::optional<Instant> after;   // What shall be stored.

  friend bool operator==(const WakeUpChange&, const WakeUpChange&) = default;
};

// Everything one commit changes. Each state key and each wake-up key appears at most once.
struct EngineBatch {
  std::vector<JournalRecord> journal;
  std::vector<StateChange> state;
  std::vector<WakeUpChange> wake_ups;
  std::vector<FactRecord> facts;
  std::vector<DeadLetter> dead_letters;
  JournalPosition last_position;              // Highest number taken so far.
  Instant last_stamp;                         // Latest timestamp given to a record.
  std::vector<CarriedMessage> carried;        // Replaces what the batch before has carried.
  std::optional<ClockStepNotice> clock_step;  // Replaces the notice of the batch before.

  friend bool operator==(const EngineBatch&, const EngineBatch&) = default;
};

// What a store knows of itself when it is opened.
struct StoreMark {
  JournalPosition last_position;
  Instant last_stamp;
  BootEpoch epoch;               // Of this process life: one more than that of the one before.
  JournalPosition journal_from;  // Nothing before it is kept; 1 when nothing was removed.
  std::vector<CarriedMessage> carried;
  std::optional<ClockStepNotice> clock_step;
};

class EngineStore {
 public:
  EngineStore() = default;
  EngineStore(const EngineStore&) = delete;
  EngineStore& operator=(const EngineStore&) = delete;
  virtual ~EngineStore() = default;

  // Fixed when the store was opened, except as commits move it.
  [[nodiscard]] virtual StoreMark mark() const = 0;

  // Writes the batch as one unit.
  //
  // Guarantees  once it returns without error, the whole batch survives loss of power
  // Requires    one caller at a time; batches in the order of their positions
  // Errors      storage_full     nothing of it can be relied on; close, make room, open again
  //             io_failed        the same, for another reason
  //             outcome_unknown  it may be stored; close, open again and read back
  //             After any of these every further commit fails until the store is opened again.
  virtual Result<void> commit(const EngineBatch& batch) = 0;

  // Closes the store and opens it again in place, so that commits can go on after one has failed.
  //
  // Guarantees  mark() and every read then tell what is really stored; the epoch stays
  // Requires    no commit is running
  // Errors      storage_full, io_failed  it could not be opened for writing; reads go on if it can
  //                                      be opened for reading, else they fail with unavailable
  //             corrupt                  reads fail with unavailable until a later call succeeds
  virtual Result<void> reopen() = 0;

  // One value of the committed state.
  //
  // Errors  corrupt    checksum mismatch; the message says which file
  //         io_failed
  virtual Result<std::optional<Bytes>> get(const StateKey& key) const = 0;

  // Several values of one key from one committed moment, in the order asked.
  virtual Result<std::vector<std::optional<Bytes>>> get_together(
      OperatorName op, std::string_view key, std::span<const std::uint64_t> subkeys) const = 0;

  // The keys of an operator that have state, each once. Cost: one look-up a key, however many
  // entries it has.
  virtual Result<std::vector<Key>> keys_of(OperatorName op) const = 0;

  // Visits every state entry of an operator until the visitor returns false: entries of one key
  // together, subkeys ascending. Keys of one length come in the order of their bytes, so a scan can
  // begin at the key where another has stopped; an empty `from` is the beginning. For starts,
  // rebuilds, exports and retention only; operators never scan.
  virtual Result<void> scan_state(
      OperatorName op, std::string_view from,
      const std::function<bool(const StateKey&, std::string_view)>& visit) const = 0;

  // Visits every pending wake-up, in any order.
  virtual Result<void> scan_wake_ups(const std::function<void(const WakeUp&)>& visit) const = 0;

  // At most `limit` journal records after `from`, oldest first.
  virtual Result<std::vector<JournalRecord>> journal_after(JournalPosition from,
                                                           std::size_t limit) const = 0;

  // At most `limit` facts of a topic after `from`, oldest first.
  virtual Result<std::vector<FactRecord>> facts_after(Topic topic, JournalPosition from,
                                                      std::size_t limit) const = 0;

  virtual Result<std::vector<DeadLetter>> dead_letters(std::size_t limit) const = 0;

  // Small values of the host's own (compiled time zones, view positions), outside the batches.
  virtual Result<std::optional<Bytes>> get_blob(std::string_view name) const = 0;
  virtual Result<void> put_blob(std::string_view name, std::string_view value) = 0;

  // Drops journal records and facts up to and including the position. State is not touched.
  virtual Result<void> forget_until(JournalPosition position) = 0;
};

}  // namespace carillon
