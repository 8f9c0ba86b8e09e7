// The contract between the core's machines and whatever hosts them (the embedded engine, Flink).
//
// An operator is a pure machine: no clock, no randomness, no threads, no I/O. The same records in
// the same order give the same state and the same effects, byte for byte. Hosts call it from one
// thread per key at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/instant.h"
#include "base/result.h"
#include "base/wire.h"
#include "domain/record/envelope.h"

namespace carillon {

class ZoneSource;

// Part of a key's state. Operators own small fixed numbers; lists use the upper bits.
using Subkey = std::uint64_t;

// One input of an operator, as the host hands it in.
struct Record {
  RecordType type = RecordType::due;
  std::string_view id;       // Names the journal record; kept as the cause of what it decides.
  std::string_view payload;  // Byte form of the struct that belongs to the type (base/wire.h).
};

// Names one effect: the key that caused it and its running number. Receivers drop what they have
// seen.
struct EffectId {
  OperatorName sender = OperatorName::task_scheduler;
  std::uint64_t sequence = 0;
};

// What a host gives an operator for the time of one step. Nothing keeps it beyond the call.
class Context {
 public:
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  virtual ~Context() = default;

  // The key whose machine this step moves.
  [[nodiscard]] virtual std::string_view key() const = 0;

  // The record's timestamp: never a clock, never earlier than in the key's previous step except
  // after a ClockStepped record.
  [[nodiscard]] virtual Instant now() const = 0;

  // Keyed state, exact look-ups only. A put or erase is seen by later gets of the same step.
  virtual std::optional<Bytes> get(Subkey subkey) = 0;
  virtual void put(Subkey subkey, Bytes value) = 0;
  virtual void erase(Subkey subkey) = 0;

  // A message to another key's machine. Delivered at least once, in order per sender and receiver.
  virtual void send(OperatorName to, Key key, RecordType type, Bytes payload) = 0;

  // A fact for the world. `entity` orders it: facts of one entity stay in the order of emission.
  virtual void emit(Topic topic, FactType type, Key entity, Bytes payload) = 0;

  // Replaces the key's one pending wake-up. The host answers with a Due record that carries `at`,
  // at or after that time; none cancels it.
  virtual void wake_at(std::optional<Instant> at) = 0;

  // Time zone rules by name and fingerprint.
  [[nodiscard]] virtual const ZoneSource& zones() const = 0;
};

class Operator {
 public:
  Operator() = default;
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;
  virtual ~Operator() = default;

  // Moves the machine of context.key() by one record.
  //
  // Guarantees  a record that does not move the machine forward (stale fence, finished attempt,
  // slot
  //             already decided, wake-up replaced) writes nothing and sends nothing that matters
  // Errors      corrupt        the payload or the state cannot be read; the host puts the record
  // into
  //                            the dead letters and discards what the step did
  //             newer_version  the state was written by a newer core; likewise
  // Cost        bounded per record; what is more asks to be woken at once
  virtual Result<void> on_record(Context& context, const Record& record) = 0;
};

}  // namespace carillon
