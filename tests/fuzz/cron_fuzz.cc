// Any text as a cron expression of every dialect: refused with faults that point into it, or a set
// of local times that a naive second reading agrees with, in the order of time and both ways.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "domain/cron/cron_oracle.h"
#include "domain/cron/cron_parser.h"
#include "domain/cron/oracle_time_testing.h"
#include "domain/plan/schedule_plan.h"
#include "domain/zone/zone_rules.h"
#include "domain/zone/zone_testing.h"

namespace {

using namespace carillon;

constexpr std::array kDialects{CronDialect::auto_detect, CronDialect::spring,
                               CronDialect::unix_cron, CronDialect::quartz};

void check_faults(std::string_view text, const CronFaults& faults) {
  CARILLON_CHECK(!faults.empty() && faults.size() <= kCronTextMax, "a bounded list of faults");
  std::uint32_t before = 1;
  for (const CronFault& fault : faults) {
    CARILLON_CHECK(fault.position >= before && fault.position <= text.size() + 1, "a place in it");
    CARILLON_CHECK(!fault.message.empty(), "a fault says what is wrong");
    CARILLON_CHECK(escape_control(fault.message) == fault.message, "a fault is one line");
    CARILLON_CHECK(escape_control(fault.hint) == fault.hint, "a hint is one line");
    before = fault.position;
  }
}

// Local times to begin from, spread over all years by what the expression says.
LocalTime start_of(std::string_view text, std::uint64_t place) {
  std::uint64_t mixed = place * 0x9E3779B97F4A7C15U + 1;
  for (const char c : text) mixed = (mixed ^ static_cast<std::uint8_t>(c)) * 0x100000001B3U;
  const auto range = static_cast<std::uint64_t>(kLocalEnd.ms() - kLocalBegin.ms());
  return LocalTime::from_ms(kLocalBegin.ms() + static_cast<std::int64_t>((mixed >> 8) % range));
}

void check_matches(std::string_view text, const CronExpression& cron) {
  for (std::uint64_t place = 0; place < 3; ++place) {
    LocalTime after = start_of(text, place);
    for (int i = 0; i < 4; ++i) {
      const auto next = cron.next(after);
      if (!next) break;
      CARILLON_CHECK(*next > after && *next < kLocalEnd, "the next time is later");
      CARILLON_CHECK(cron.matches(*next), "what it finds matches");
      CARILLON_CHECK(!cron.last_in(LocalTime::from_ms(after.ms() + 1), *next), "none is left out");
      CARILLON_CHECK(cron.last_in(after, LocalTime::from_ms(next->ms() + 1)) == next, "both ways");
      after = *next;
    }
  }
}

void check_oracle(std::string_view text, const ParsedCron& parsed) {
  if (trimmed(text).starts_with('@')) return;  // The second reading knows no macros.
  const carillon::testing::CronOracle oracle(text, parsed.dialect);
  for (std::uint64_t place = 0; place < 16; ++place) {
    const LocalTime start = start_of(text, place);
    const LocalTime found = parsed.expression.next(start).value_or(start);
    for (const LocalTime time : {LocalTime::of(start.date(), start.second_of_day()), found,
                                 LocalTime::from_ms(found.ms() + kMsPerSecond)}) {
      if (time >= kLocalEnd) continue;
      CARILLON_CHECK(
          parsed.expression.matches(time) == oracle.matches(carillon::testing::oracle_time(time)),
          fmt::format("{} at {}", text, to_text(time)));
    }
  }
  CARILLON_CHECK((parsed.expression.shape() == CronShape::wildcard) == oracle.is_wildcard(), text);
}

std::string list_of(std::uint64_t set, int low, int high) {
  std::string list;
  for (int value = low; value <= high; ++value) {
    if ((set >> value & 1) != 0) list += fmt::format("{}{}", list.empty() ? "" : ",", value);
  }
  return list;
}

// The same sets written out as plain lists; empty when they need more than plain lists.
std::string spelled_out(const CronFields& fields) {
  const CronDays& days = fields.days;
  const bool is_plain = days.days_before_last == 0 && days.nearest_weekday == 0 &&
                        days.last_weekday == 0 && days.last_weekdays == 0 &&
                        days.nth_weekdays == CronDays{}.nth_weekdays &&
                        days.joined == CronDays::Joined::both && fields.years.all();
  if (!is_plain || days.days == 0 || days.weekdays == 0) return {};
  return fmt::format("{} {} {} {} {} {}", list_of(fields.times.seconds, 0, 59),
                     list_of(fields.times.minutes, 0, 59), list_of(fields.times.hours, 0, 23),
                     list_of(days.days, 1, 31), list_of(fields.months, 1, 12),
                     list_of(days.weekdays, 0, 6));
}

void check_spellings(std::string_view text, const ParsedCron& parsed) {
  const CronFields& fields = parsed.expression.fields();
  const auto lower = parse_cron(lower_ascii(text), parsed.dialect);
  CARILLON_CHECK(lower && lower->expression.fields() == fields, "case means nothing");
  const std::string plain = spelled_out(fields);
  if (plain.empty() || plain.size() > kCronTextMax) return;
  const auto again = parse_cron(plain, CronDialect::spring);
  CARILLON_CHECK(again.has_value(), plain);
  CronFields read = again->expression.fields();
  read.shape = fields.shape;
  CARILLON_CHECK(read == fields, plain);
}

const ZoneRules& zone_with_summer_time() {
  static const ZoneRules rules =
      ZoneRules::parse(carillon::testing::HandMadeZone{.initial_offset = 3600,
                                                       .changes = {{0, 7200}, {10'000'000, 3600}},
                                                       .footer = "CET-1CEST,M3.5.0,M10.5.0/3"}
                           .bytes())
          .value();
  return rules;
}

void check_plan(std::string_view text, const CronExpression& cron) {
  PlanSpec spec{.schedule = CronSchedule{.crons = {cron}, .zone = &zone_with_summer_time()}};
  const SchedulePlan plan(std::move(spec));
  Instant after = Instant::from_unix_ms(start_of(text, 99).ms());
  for (int i = 0; i < 4; ++i) {
    const auto slot = plan.next(after);
    if (!slot) return;
    CARILLON_CHECK(slot->nominal > after, "slots ascend");
    const auto back = plan.previous(slot->nominal, after);
    CARILLON_CHECK(back && *back == *slot, "the slot is found from behind");
    const std::uint64_t runs = slot->dst == SlotDst::runs ? 1 : 0;
    CARILLON_CHECK(plan.count_running(after, slot->nominal) == runs, "and counted once");
    after = slot->nominal;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const CronDialect dialect : kDialects) {
    const auto parsed = parse_cron(text, dialect);
    if (!parsed) {
      check_faults(text, parsed.error());
      continue;
    }
    CARILLON_CHECK(parsed->dialect != CronDialect::auto_detect, "the dialect is known then");
    if (dialect == CronDialect::auto_detect) continue;  // One of the others reads it again.
    check_matches(text, parsed->expression);
    check_oracle(text, *parsed);
    check_spellings(text, *parsed);
    check_plan(text, parsed->expression);
  }
  return 0;
}
