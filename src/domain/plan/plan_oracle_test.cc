// Plans against brute force: every local minute is matched naively, and cctz says which instants it
// is.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "domain/cron/cron_oracle.h"
#include "domain/cron/cron_samples_testing.h"
#include "domain/plan/plan_testing.h"

namespace carillon {
namespace {

using testing::CronOracle;

struct Case {
  std::vector<std::string> texts;
  CronDialect dialect = CronDialect::spring;
  std::string zone;
  DstPolicy dst;
  Instant after;
  Instant until;

  [[nodiscard]] std::string describe() const {
    std::string text;
    for (const std::string& expression : texts) text += expression + " ; ";
    return text + std::string(word_of(dialect)) + " " + zone + " " + std::string(word_of(dst.gap)) +
           " " + std::string(word_of(dst.overlap)) + " after " + to_rfc3339(after) + " until " +
           to_rfc3339(until);
  }
};

// All slots by brute force; a slot runs if any way to reach it runs.
class BruteForce {
 public:
  explicit BruteForce(const Case& test) : test_(test) { cctz::load_time_zone(test.zone, &zone_); }

  std::map<Instant, SlotDst> slots() {
    for (const std::string& text : test_.texts) add_expression(text);
    return slots_;
  }

 private:
  void add_expression(const std::string& text) {
    const CronOracle oracle(text, test_.dialect);
    fixed_ = !oracle.is_wildcard();
    const auto wall = [this](Instant t) {
      return cctz::convert(cctz::time_point<cctz::seconds>(cctz::seconds(t.unix_ms() / 1000)),
                           zone_);
    };
    // Two days more on both sides, because the wall may be a day ahead or behind.
    const cctz::civil_day last = cctz::civil_day(wall(test_.until)) + 2;
    for (auto day = cctz::civil_day(wall(test_.after)) - 2; day <= last; ++day) {
      const testing::OracleTime date{
          .year = static_cast<int>(day.year()), .month = day.month(), .day = day.day()};
      if (oracle.matches_day(date)) add_day(oracle, date);
    }
  }

  void add_day(const CronOracle& oracle, testing::OracleTime t) {
    for (int minute = 0; minute < 24 * 60; ++minute) {
      t.hour = minute / 60;
      t.minute = minute % 60;
      for (const int second : {0, 20, 30, 40, 59}) {
        t.second = second;
        if (oracle.matches_time(t)) {
          add_local(cctz::civil_second(t.year, t.month, t.day, t.hour, t.minute, t.second));
        }
      }
    }
  }

  void add_local(const cctz::civil_second& local) {
    const cctz::time_zone::civil_lookup found = zone_.lookup(local);
    const std::int64_t shift = std::abs((found.post - found.pre).count());
    const bool short_shift = shift <= 3 * 3600;
    switch (found.kind) {
      case cctz::time_zone::civil_lookup::UNIQUE:
        return add(found.pre, SlotDst::runs);
      case cctz::time_zone::civil_lookup::SKIPPED: {
        DstGap rule = test_.dst.gap;
        if (rule == DstGap::vixie) rule = fixed_ && short_shift ? DstGap::run_after : DstGap::skip;
        if (rule == DstGap::run_after) return add(found.trans, SlotDst::runs);
        return add(found.pre, rule == DstGap::skip ? SlotDst::gap : SlotDst::runs);
      }
      case cctz::time_zone::civil_lookup::REPEATED: {
        DstOverlap rule = test_.dst.overlap;
        if (rule == DstOverlap::vixie) {
          rule = fixed_ && short_shift ? DstOverlap::first : DstOverlap::both;
        }
        add(found.pre, rule == DstOverlap::second ? SlotDst::overlap : SlotDst::runs);
        return add(found.post, rule == DstOverlap::first ? SlotDst::overlap : SlotDst::runs);
      }
    }
  }

  void add(cctz::time_point<cctz::seconds> at, SlotDst dst) {
    const Instant t = Instant::from_unix_ms(at.time_since_epoch().count() * 1000);
    if (t <= test_.after || t > test_.until) return;
    SlotDst& slot = slots_.try_emplace(t, dst).first->second;
    if (dst == SlotDst::runs) slot = dst;
  }

  const Case& test_;
  cctz::time_zone zone_;
  bool fixed_ = false;
  std::map<Instant, SlotDst> slots_;
};

std::vector<DstSkips> skips_of(const std::map<Instant, SlotDst>& slots) {
  std::vector<DstSkips> runs;
  SlotDst last = SlotDst::runs;
  for (const auto& [t, dst] : slots) {
    if (dst != SlotDst::runs && dst != last) {
      runs.push_back({.first = t, .last = t, .count = 0, .dst = dst});
    }
    if (dst != SlotDst::runs) {
      runs.back().last = t;
      ++runs.back().count;
    }
    last = dst;
  }
  return runs;
}

void compare(const Case& test) {
  std::vector<CronExpression> crons;
  for (const std::string& text : test.texts) crons.push_back(testing::cron(text, test.dialect));
  const SchedulePlan plan = testing::cron_plan(crons, test.zone, test.dst);
  const std::map<Instant, SlotDst> expected = BruteForce(test).slots();
  const auto require = [&test](bool holds, const char* what) {
    if (!holds) RC_FAIL(std::string(what) + ": " + test.describe());
  };
  Instant t = test.after;
  std::uint64_t running = 0;
  for (const auto& [nominal, dst] : expected) {
    const PlannedSlot slot{.nominal = nominal, .dst = dst};
    require(plan.next(t) == slot, "next");
    require(plan.previous(nominal, test.after) == slot, "previous");
    const Instant before = nominal - Duration::milliseconds(1);
    const std::optional<PlannedSlot> earlier = plan.previous(before, test.after);
    require(earlier ? earlier->nominal == t : t == test.after, "previous of the one before");
    if (dst == SlotDst::runs) require(plan.next_running(before) == nominal, "next_running");
    require(plan.count_running(test.after, before) == running, "count_running");
    if (dst == SlotDst::runs) ++running;
    t = nominal;
  }
  const std::optional<PlannedSlot> beyond = plan.next(t);
  require(!beyond || beyond->nominal > test.until, "next beyond the end");
  require(plan.count_running(test.after, test.until) == running, "count_running of all");
  Instant cursor = test.after;
  for (const DstSkips& skips : skips_of(expected)) {
    require(plan.next_dst_skips(cursor, test.until) == skips, "next_dst_skips");
    cursor = skips.last;
  }
  require(!plan.next_dst_skips(cursor, test.until), "next_dst_skips beyond the last");
}

Case sample_case(std::string zone) {
  Case test{.dialect = testing::sample_dialect(), .zone = std::move(zone)};
  const int count = *rc::gen::inRange(1, 4);
  while (static_cast<int>(test.texts.size()) < count) {
    const std::string text = testing::sample_expression(test.dialect);
    RC_PRE(parse_cron(text, test.dialect).has_value());
    test.texts.push_back(text);
  }
  test.dst.gap = *rc::gen::element(DstGap::skip, DstGap::shift, DstGap::run_after, DstGap::vixie);
  test.dst.overlap =
      *rc::gen::element(DstOverlap::both, DstOverlap::first, DstOverlap::second, DstOverlap::vixie);
  return test;
}

// A window of a day or two around a transition of the zone, with odd edges.
Case around_transition(std::string zone) {
  Case test = sample_case(std::move(zone));
  const auto transitions = testing::zone(test.zone).transitions();
  Instant middle = Instant::from_unix_ms(1'000'000'000'000);
  if (!transitions.empty()) {
    middle = transitions[*rc::gen::inRange<std::size_t>(0, transitions.size())].at;
  }
  test.after = middle - Duration::milliseconds(*rc::gen::inRange(0, 2 * 86'400'000));
  test.until = middle + Duration::milliseconds(*rc::gen::inRange(0, 2 * 86'400'000));
  test.after = std::max(test.after, Instant{});
  test.until = std::min(test.until, kInstantMax);
  return test;
}

RC_GTEST_PROP(PlanOracle, agrees_around_the_transitions_of_odd_zones, ()) {
  const std::string zone = *rc::gen::elementOf(std::vector<std::string>{
      "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
      "Africa/Cairo", "Pacific/Apia", "Africa/Monrovia", "Antarctica/Troll", "Pacific/Kwajalein",
      "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca"});
  compare(around_transition(zone));
}

RC_GTEST_PROP(PlanOracle, agrees_around_the_transitions_of_any_zone, ()) {
  static const std::vector<std::string> kNames = testing::zone_names();
  compare(around_transition(*rc::gen::elementOf(kNames)));
}

// Slots that lie months or years apart, mostly on the Sundays on which many zones change.
RC_GTEST_PROP(PlanOracle, agrees_on_sparse_schedules_over_years, ()) {
  const std::string zone = *rc::gen::elementOf(std::vector<std::string>{
      "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"});
  Case test = around_transition(zone);
  test.dialect = CronDialect::spring;
  test.texts.clear();
  for (int i = *rc::gen::inRange(1, 3); i > 0; --i) {
    test.texts.push_back(
        testing::one_of({"0 30", "0 0,59", "20 */15"}) + " " +
        testing::one_of({"2", "1", "0-3", "23"}) +
        testing::one_of({" ? 10 SUNL", " ? 3 SUNL", " ? 3,10 SUNL", " ? 3 SUN#2", " ? 11 SUN#1",
                         " ? 4,10 SUN#1", " 29 2 ?", " L 10 SUN", " ? 4,10 FRIL", " ? 4,10 THUL"}));
  }
  test.after = std::max(test.after - Duration::days(*rc::gen::inRange(0, 900)), Instant{});
  test.until = std::min(test.until + Duration::days(*rc::gen::inRange(0, 900)), kInstantMax);
  compare(test);
}

RC_GTEST_PROP(PlanOracle, agrees_on_counts_over_months, ()) {
  Case test = sample_case("Australia/Lord_Howe");
  test.after = Instant::from_unix_ms(*rc::gen::inRange<std::int64_t>(0, 7'000'000'000'000));
  test.until = test.after + Duration::days(*rc::gen::inRange(1, 200));
  std::vector<CronExpression> crons;
  for (const std::string& text : test.texts) crons.push_back(testing::cron(text, test.dialect));
  const SchedulePlan plan = testing::cron_plan(crons, test.zone, test.dst);
  std::uint64_t running = 0;
  for (const auto& [nominal, dst] : BruteForce(test).slots())
    running += dst == SlotDst::runs ? 1 : 0;
  if (plan.count_running(test.after, test.until) != running) RC_FAIL(test.describe());
}

}  // namespace
}  // namespace carillon
