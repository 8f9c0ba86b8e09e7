// Any bytes as a compiled zone (TZif): refused, or rules in which every instant has one local time
// that leads back to it, and every transition skips or repeats what it says.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <variant>

#include "base/check.h"
#include "domain/zone/zone_rules.h"

namespace {

using namespace carillon;

void check_instant(const ZoneRules& rules, Instant t) {
  const LocalTime local = rules.to_local(t);
  CARILLON_CHECK(local.ms() == t.unix_ms() + rules.offset_at(t).ms(), "the offset is in force");
  CARILLON_CHECK(rules.offset_of(rules.stretch_at(t)) == rules.offset_at(t), "and its stretch");
  const ResolvedTime resolved = rules.resolve(local);
  if (const auto* unique = std::get_if<UniqueTime>(&resolved)) {
    CARILLON_CHECK(unique->at == t, "the local time leads back");
    return;
  }
  const auto* fold = std::get_if<FoldTime>(&resolved);
  CARILLON_CHECK(fold != nullptr, "a local time that was shown is not in a gap");
  CARILLON_CHECK(fold->first < fold->second, "the first of two is earlier");
  CARILLON_CHECK(fold->first == t || fold->second == t, "one of two leads back");
}

void check_transition(const ZoneRules& rules, const ZoneTransition& transition) {
  CARILLON_CHECK(transition.before != transition.after && transition.length().ms() > 0,
                 "a transition changes something");
  const Instant before = transition.at - Duration::milliseconds(1);
  CARILLON_CHECK(rules.offset_at(before) == transition.before, "until it");
  CARILLON_CHECK(rules.offset_at(transition.at) == transition.after, "from it on");
  const auto next = rules.next_transition(before);
  CARILLON_CHECK(next && *next == transition, "it is found");
  check_instant(rules, before);
  check_instant(rules, transition.at);
  const LocalTime inside = transition.local_begin();
  const ResolvedTime resolved = rules.resolve(inside);
  const bool fits = transition.is_gap() ? std::holds_alternative<GapTime>(resolved)
                                        : std::holds_alternative<FoldTime>(resolved);
  CARILLON_CHECK(fits, "its local times are skipped or repeated");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto rules = ZoneRules::parse({reinterpret_cast<const char*>(data), size});
  if (!rules) {
    CARILLON_CHECK(rules.error().code == ErrorCode::corrupt, "damaged bytes are called so");
    return 0;
  }
  Instant last = Instant::from_unix_ms(std::numeric_limits<std::int64_t>::min());
  for (const ZoneTransition& transition : rules->transitions()) {
    CARILLON_CHECK(transition.at > last, "transitions ascend");
    last = transition.at;
    check_transition(*rules, transition);
  }
  constexpr std::int64_t kStep = 7'258'118'399'999 / 97;
  for (std::int64_t t = 0; t <= kInstantMax.unix_ms(); t += kStep) {
    check_instant(*rules, Instant::from_unix_ms(t));
  }
  return 0;
}
