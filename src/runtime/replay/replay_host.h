// ReplayHost: steps the core through a recorded journal, in memory, with the recorded times. One
// thread.
//
// What came from outside (commands, results, time) is taken from the journal; messages between
// operators are made again by the operators themselves, and only their times are taken from it. So
// the facts it tells are those that the server told, and a journal is a bug report.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/operator.h"
#include "ports/engine_store.h"

namespace carillon {

class ReplayHost {
 public:
  // Called with every fact, in order; its position is a running number of the replay.
  using FactSink = std::function<void(const FactRecord&)>;

  // Requires  zones outlives the host.
  ReplayHost(const ZoneSource& zones, FactSink sink);
  ~ReplayHost();
  ReplayHost(const ReplayHost&) = delete;
  ReplayHost& operator=(const ReplayHost&) = delete;

  // Steps one record of the journal.
  //
  // Requires  all records since the beginning of the journal, in order
  // Errors    corrupt  the record says that a rule sent it, and none did
  //           corrupt, newer_version  the operator could not take it, as the server could not
  Result<void> step(const JournalRecord& record);

  // Names the state that the journal leads to: equal for equal states.
  [[nodiscard]] std::uint64_t state_hash() const;

 private:
  class StepContext;
  struct Message {
    OperatorName to;
    Key key;
    RecordType type;
    Bytes payload;

    friend bool operator==(const Message&, const Message&) = default;
  };

  Result<void> deliver(const Message& message, Instant at);

  const ZoneSource& zones_;
  FactSink sink_;
  std::map<OperatorName, std::unique_ptr<Operator>> operators_;
  std::map<StateKey, Bytes> state_;
  std::deque<Message> messages_;  // Sent and not recorded yet.
  std::uint64_t told_ = 0;
  JournalPosition cause_;
};

}  // namespace carillon
