#include "tests/sim/world/history.h"

#include <string_view>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/wire.h"
#include "domain/words.h"
#include "tests/sim/world/world_executor.h"

namespace carillon {
namespace {

class Fingerprint {
 public:
  void add(std::string_view bytes) {
    hash_ = siphash_2_4(bytes, SipKey{.low = hash_, .high = bytes.size()});
  }
  void add(std::uint64_t number) {
    add(std::string_view(reinterpret_cast<const char*>(&number), sizeof number));
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

}  // namespace

std::string client_name(std::size_t record) { return fmt::format("client {}", record); }

bool is_outside(const HandlerRecord& handler) {
  return handler.dispatched.worker == kOutsideWorker;
}

std::uint64_t slots_of(const History& history) {
  std::uint64_t slots = 0;
  for (const FactRecord& record : history.durable) {
    if (record.type != FactType::slot_decided) continue;
    const auto fact = from_wire<TaskFact>(record.payload);
    if (fact && fact->slot) slots += fact->slot->count;
  }
  return slots;
}

std::uint64_t hash_of(const History& history) {
  Fingerprint print;
  for (const FactRecord& fact : history.released) {
    print.add(fact.position.value());
    print.add(fact.payload);
  }
  for (const FactRecord& fact : history.durable) print.add(to_wire(fact));
  for (const JournalRecord& record : history.journal) print.add(to_wire(record));
  for (const HandlerRecord& handler : history.handlers) {
    print.add(handler.token);
    print.add(static_cast<std::uint64_t>(handler.began.ms()));
  }
  for (const ClientRecord& client : history.clients) {
    print.add(static_cast<std::uint64_t>(client.outcome));
    print.add(client.version.value());
    print.add(static_cast<std::uint64_t>(client.answered_at.ms()));
  }
  print.add(static_cast<std::uint64_t>(history.ended.unix_ms()));
  return print.value();
}

}  // namespace carillon
