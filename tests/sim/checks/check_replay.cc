#include <algorithm>

#include <fmt/format.h>

#include "domain/words.h"
#include "runtime/replay/replay_host.h"
#include "tests/sim/checks/checks.h"

namespace carillon {

void check_replay(const Checked& checked, Verdict& verdict) {
  std::vector<FactRecord> told;
  ReplayHost host(checked.zones, [&](const FactRecord& fact) { told.push_back(fact); });
  for (const JournalRecord& record : checked.history.journal) {
    if (auto stepped = host.step(record); !stepped) {
      verdict.broken("the journal leads to the same facts",
                     fmt::format("record {} ({}): {}", record.position.value(),
                                 word_of(record.type), stepped.error().message));
      return;
    }
  }
  const std::vector<FactRecord>& durable = checked.history.durable;
  // What the end of the journal causes may still be on its way in the world that was recorded.
  for (std::size_t i = 0; i < durable.size(); ++i) {
    const bool same = i < told.size() && told[i].topic == durable[i].topic &&
                      told[i].type == durable[i].type && told[i].entity == durable[i].entity &&
                      told[i].payload == durable[i].payload;
    if (same) continue;
    verdict.broken(
        "the journal leads to the same facts",
        fmt::format("fact {} ({}) differs", durable[i].position.value(), word_of(durable[i].type)));
    return;
  }
}

}  // namespace carillon
