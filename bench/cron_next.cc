// How long the plan takes to name the next slot, and to count a year of slots.
//
// Yardstick: one conversion of an instant to local time by cctz, the fastest zone library we know.
// A plan needs about one such conversion per slot, so `next` should stay within a small multiple of
// it. Goal: next typically <= 2 us and at worst <= 200 us; a year of seconds counted in < 1 ms.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>
#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include "base/rfc3339.h"
#include "domain/cron/cron_parser.h"
#include "domain/plan/schedule_plan.h"

namespace carillon {
namespace {

const ZoneRules& berlin() {
  static const ZoneRules rules = [] {
    std::ifstream file("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    return ZoneRules::parse(bytes).value();
  }();
  return rules;
}

SchedulePlan plan_of(std::string_view text, DstPolicy dst = {}) {
  const CronExpression cron = parse_cron(text, CronDialect::auto_detect).value().expression;
  return SchedulePlan({.schedule = CronSchedule{.crons = {cron}, .zone = &berlin(), .dst = dst}});
}

Instant at(std::string_view text) { return parse_rfc3339(text).value(); }

void walk(benchmark::State& state, std::string_view text) {
  const SchedulePlan plan = plan_of(text);
  const Instant begin = at("2026-01-01T00:00:00Z");
  Instant t = begin;
  for (auto _ : state) {
    const std::optional<PlannedSlot> slot = plan.next(t);
    t = slot ? slot->nominal : begin;
    benchmark::DoNotOptimize(t);
  }
}
BENCHMARK_CAPTURE(walk, every_second, "* * * * * *");
BENCHMARK_CAPTURE(walk, every_5_minutes, "0 */5 * * * *");
BENCHMARK_CAPTURE(walk, daily_in_the_gap, "0 30 2 * * *");
BENCHMARK_CAPTURE(walk, working_days, "0 0 9 ? * MON-FRI");
BENCHMARK_CAPTURE(walk, last_working_day, "0 0 9 LW * *");
BENCHMARK_CAPTURE(walk, yearly, "0 0 0 1 1 *");
BENCHMARK_CAPTURE(walk, leap_monday, "0 0 0 29 2 MON");

// The search with the longest way: from 2026 to the one match in 2199, and nothing after it.
void next_worst(benchmark::State& state) {
  const SchedulePlan plan = plan_of("0 0 0 ? * 2#5 2199");
  for (auto _ : state) benchmark::DoNotOptimize(plan.next(at("2026-01-01T00:00:00Z")));
}
BENCHMARK(next_worst);

void previous_worst(benchmark::State& state) {
  const SchedulePlan plan = plan_of("0 0 0 1 1 ? 1970");
  for (auto _ : state) benchmark::DoNotOptimize(plan.previous(kInstantMax, Instant{}));
}
BENCHMARK(previous_worst);

// Every slot of the schedule is skipped, so the search looks at all years.
void next_running_worst(benchmark::State& state) {
  const SchedulePlan plan = plan_of("0 30 2 * 3 SUNL");
  for (auto _ : state) benchmark::DoNotOptimize(plan.next_running(at("2026-01-01T00:00:00Z")));
}
BENCHMARK(next_running_worst);

void count_year_of_seconds(benchmark::State& state) {
  const SchedulePlan plan = plan_of("* * * * * *", {.overlap = DstOverlap::first});
  const Instant from = at("2026-01-01T00:00:00Z");
  const Instant to = at("2027-01-01T00:00:00Z");
  for (auto _ : state) benchmark::DoNotOptimize(plan.count_running(from, to));
}
BENCHMARK(count_year_of_seconds);

void dst_skips_to_2199(benchmark::State& state) {
  const SchedulePlan plan = plan_of("* * * * * *");
  for (auto _ : state) {
    benchmark::DoNotOptimize(plan.next_dst_skips(at("2026-01-01T00:00:00Z"), kInstantMax));
  }
}
BENCHMARK(dst_skips_to_2199);

void parse_expression(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(parse_cron("0 0/15 9-17 ? * MON-FRI", CronDialect::spring));
  }
}
BENCHMARK(parse_expression);

void zone_to_local(benchmark::State& state) {
  Instant t = at("2026-01-01T00:00:00Z");
  for (auto _ : state) {
    benchmark::DoNotOptimize(berlin().to_local(t));
    t = Instant::from_unix_ms((t + Duration::hours(7)).unix_ms() % kInstantMax.unix_ms());
  }
}
BENCHMARK(zone_to_local);

void parse_zone(benchmark::State& state) {
  std::ifstream file("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  for (auto _ : state) benchmark::DoNotOptimize(ZoneRules::parse(bytes));
}
BENCHMARK(parse_zone);

void yardstick_cctz_convert(benchmark::State& state) {
  cctz::time_zone zone;
  cctz::load_time_zone("Europe/Berlin", &zone);
  auto t = cctz::time_point<cctz::seconds>(cctz::seconds(1'767'225'600));
  for (auto _ : state) {
    benchmark::DoNotOptimize(cctz::convert(t, zone));
    t += cctz::seconds(7 * 3600);
  }
}
BENCHMARK(yardstick_cctz_convert);

}  // namespace
}  // namespace carillon

BENCHMARK_MAIN();
