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
#include <utility>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "base/wire.h"
#include "domain/id/ids.h"
#include "domain/record/envelope.h"

namespace carillon {

// One input of an operator as the journal keeps it.
struct JournalRecord {
  JournalPosition position;
  Instant at;
  OperatorName to = OperatorName::task_scheduler;
  Key key;
  RecordType type = RecordType::due;
  bool derived = false;  // Sent by another operator's step: a replay of the engine makes it again.
  Bytes payload;
};

// One fact as its topic keeps it.
struct FactRecord {
  JournalPosition position;  // Own number, taken from the same sequence as journal positions.
  JournalPosition cause;     // The journal record whose step emitted it.
  Instant at;
  Topic topic = Topic::task_events;
  FactType type = FactType::task_created;
  Key entity;
  Bytes payload;
};

// A record that an operator could not take, kept with the reason.
struct DeadLetter {
  JournalRecord record;
  std::string reason;
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
};

// Everything one commit changes. Each state key and each wake-up key appears at most once.
struct EngineBatch {
  std::vector<JournalRecord> journal;
  std::vector<StateChange> state;
  std::vector<WakeUpChange> wake_ups;
  std::vector<FactRecord> facts;
  std::vector<DeadLetter> dead_letters;
  JournalPosition last_position;  // Highest number taken so far.
  Instant last_stamp;             // Latest timestamp given to a record.

  [[nodiscard]] bool empty() const {
    return journal.empty() && state.empty() && wake_ups.empty() && facts.empty();
  }
};

// What a store knows of itself when it is opened.
struct StoreMark {
  JournalPosition last_position;
  Instant last_stamp;
  BootEpoch epoch;               // Of this opening: one more than that of the one before.
  JournalPosition journal_from;  // The oldest journal record kept; 1 when nothing was removed.
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

  // One value of the committed state.
  //
  // Errors  corrupt    checksum mismatch; the message says which file
  //         io_failed
  virtual Result<std::optional<Bytes>> get(const StateKey& key) const = 0;

  // Several values of one key from one committed moment, in the order asked.
  virtual Result<std::vector<std::optional<Bytes>>> get_together(
      OperatorName op, std::string_view key, std::span<const std::uint64_t> subkeys) const = 0;

  // Visits every state entry of an operator in key order until the visitor returns false. For
  // starts, rebuilds and exports only; operators never scan.
  virtual Result<void> scan_state(
      OperatorName op,
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
