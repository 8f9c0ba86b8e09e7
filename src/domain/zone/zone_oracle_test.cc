// Every transition of every zone of this machine, against cctz.
#include <chrono>
#include <string>

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <gtest/gtest.h>

#include "domain/zone/zone_rules.h"
#include "domain/zone/zone_testing.h"

namespace carillon {
namespace {

using CctzInstant = cctz::time_point<cctz::seconds>;

CctzInstant cctz_instant(std::int64_t second) { return CctzInstant(cctz::seconds(second)); }

std::int64_t unix_second(CctzInstant t) { return t.time_since_epoch().count(); }

std::int64_t local_second(const cctz::civil_second& time) {
  return time - cctz::civil_second(1970, 1, 1);
}

cctz::civil_second civil(std::int64_t local) { return cctz::civil_second(1970, 1, 1) + local; }

// Instants worth a look: both sides of each transition, the middle of what it skips or repeats, and
// a grid in between.
std::vector<std::int64_t> samples(const ZoneRules& rules) {
  std::vector<std::int64_t> seconds;
  for (const ZoneTransition& transition : rules.transitions()) {
    const std::int64_t t = transition.at.unix_ms() / 1000;
    const std::int64_t half = transition.length().ms() / 2000;
    for (const std::int64_t by : {-2 * half - 1, -2 * half, -half, std::int64_t{-1},
                                  std::int64_t{0}, half, 2 * half - 1, 2 * half}) {
      seconds.push_back(t + by);
    }
  }
  constexpr std::int64_t kStep = 11'234'567;  // About 130 days.
  for (std::int64_t t = 0; t < kInstantMax.unix_ms() / 1000; t += kStep) seconds.push_back(t);
  return seconds;
}

void compare_offset(const ZoneRules& rules, const cctz::time_zone& oracle, std::int64_t second) {
  const Instant t = Instant::from_unix_ms(second * 1000);
  ASSERT_EQ(rules.offset_at(t).ms() / 1000, oracle.lookup(cctz_instant(second)).offset) << second;
}

void compare_local(const ZoneRules& rules, const cctz::time_zone& oracle, std::int64_t local) {
  const ResolvedTime mine = rules.resolve(LocalTime::from_ms(local * 1000));
  const cctz::time_zone::civil_lookup theirs = oracle.lookup(civil(local));
  switch (theirs.kind) {
    case cctz::time_zone::civil_lookup::UNIQUE:
      ASSERT_TRUE(std::holds_alternative<UniqueTime>(mine)) << local;
      ASSERT_EQ(std::get<UniqueTime>(mine).at.unix_ms() / 1000, unix_second(theirs.pre));
      return;
    case cctz::time_zone::civil_lookup::SKIPPED:
      ASSERT_TRUE(std::holds_alternative<GapTime>(mine)) << local;
      ASSERT_EQ(std::get<GapTime>(mine).transition.at.unix_ms() / 1000, unix_second(theirs.trans));
      return;
    case cctz::time_zone::civil_lookup::REPEATED:
      ASSERT_TRUE(std::holds_alternative<FoldTime>(mine)) << local;
      ASSERT_EQ(std::get<FoldTime>(mine).first.unix_ms() / 1000, unix_second(theirs.pre));
      ASSERT_EQ(std::get<FoldTime>(mine).second.unix_ms() / 1000, unix_second(theirs.post));
      return;
  }
}

TEST(ZoneOracle, agrees_on_every_zone_of_the_machine_from_1970_to_2199) {
  std::size_t compared = 0;
  for (const std::string& name : testing::zone_names()) {
    SCOPED_TRACE(name);
    cctz::time_zone oracle;
    ASSERT_TRUE(cctz::load_time_zone(name, &oracle));
    const Result<ZoneRules> rules =
        ZoneRules::parse(testing::read_file(std::filesystem::path(testing::kZoneFolder) / name));
    ASSERT_TRUE(rules) << rules.error().message;
    for (const std::int64_t second : samples(*rules)) {
      compare_offset(*rules, oracle, second);
      compare_local(*rules, oracle, local_second(cctz::convert(cctz_instant(second), oracle)));
      compare_local(*rules, oracle, second);
      if (HasFatalFailure()) return;
      ++compared;
    }
  }
  EXPECT_GT(compared, 100'000U);
}

TEST(ZoneOracle, finds_no_transition_that_the_rules_lack) {
  for (const std::string& name : testing::zone_names()) {
    SCOPED_TRACE(name);
    cctz::time_zone oracle;
    ASSERT_TRUE(cctz::load_time_zone(name, &oracle));
    const ZoneRules rules = testing::load_zone(name);
    CctzInstant t = cctz_instant(0);
    cctz::time_zone::civil_transition found;
    while (oracle.next_transition(t, &found)) {
      t = oracle.lookup(found.to).trans;
      if (unix_second(t) > kInstantMax.unix_ms() / 1000) break;
      if (found.from == found.to) continue;  // Only the name changes.
      const std::optional<ZoneTransition> mine =
          rules.next_transition(Instant::from_unix_ms(unix_second(t) * 1000 - 1));
      ASSERT_TRUE(mine);
      ASSERT_EQ(mine->at.unix_ms() / 1000, unix_second(t));
    }
  }
}

}  // namespace
}  // namespace carillon
