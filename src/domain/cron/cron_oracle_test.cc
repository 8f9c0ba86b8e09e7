// The engine against a naive second reading of the same expressions.
#include "domain/cron/cron_oracle.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "domain/cron/cron_parser.h"
#include "domain/cron/cron_samples_testing.h"
#include "domain/cron/oracle_time_testing.h"

namespace carillon {
namespace {

using testing::CronOracle;
using testing::oracle_time;

RC_GTEST_PROP(CronEngine, agrees_on_every_day_of_a_year, ()) {
  const CronDialect dialect = testing::sample_dialect();
  const std::string text = "0 0 " + testing::day_fields(dialect);
  const std::string whole = dialect == CronDialect::unix_cron ? text : "0 " + text;
  const auto parsed = parse_cron(whole, dialect);
  RC_PRE(parsed.has_value());  // A day and a weekday may exclude each other.
  const CronOracle oracle(whole, dialect);
  const LocalDate from = LocalDate::of(*rc::gen::inRange(1970, 2199), 1, 1);
  constexpr int kDays = 366;
  for (int i = 0; i < kDays; ++i) {
    const LocalDate date = LocalDate::from_days(from.days() + i);
    const bool expected = oracle.matches_day(oracle_time(LocalTime::of(date)));
    if (parsed->expression.matches_date(date) != expected) RC_FAIL(whole + " " + to_text(date));
  }
}

// All matches of three days by the naive reading. No sample names other seconds than these.
std::vector<LocalTime> naive_matches(const CronOracle& oracle, LocalDate first) {
  std::vector<LocalTime> matches;
  for (int day = 0; day < 3; ++day) {
    const LocalDate date = LocalDate::from_days(first.days() + day);
    if (!oracle.matches_day(oracle_time(LocalTime::of(date)))) continue;
    for (int minute = 0; minute < 24 * 60; ++minute) {
      for (const int second : {0, 20, 30, 40, 59}) {
        const LocalTime time = LocalTime::of(date, minute * 60 + second);
        if (oracle.matches_time(oracle_time(time))) matches.push_back(time);
      }
    }
  }
  return matches;
}

RC_GTEST_PROP(CronEngine, finds_the_same_times_forwards_and_backwards, ()) {
  const CronDialect dialect = testing::sample_dialect();
  const std::string text = testing::sample_expression(dialect);
  const auto parsed = parse_cron(text, dialect);
  RC_PRE(parsed.has_value());
  const CronExpression& cron = parsed->expression;
  const LocalDate first = LocalDate::of(*rc::gen::inRange(1970, 2199), *rc::gen::inRange(1, 13), 1);
  const LocalTime from = LocalTime::of(first);
  const LocalTime to = LocalTime::from_ms(from.ms() + 3 * kMsPerDay);
  LocalTime begin = from;
  std::optional<LocalTime> last;
  for (const LocalTime expected : naive_matches(CronOracle(text, dialect), first)) {
    if (cron.first_in(begin, to) != expected) RC_FAIL(text + " misses " + to_text(expected));
    RC_ASSERT(cron.matches(expected));
    RC_ASSERT(cron.last_in(from, expected) == last);
    last = expected;
    begin = LocalTime::from_ms(expected.ms() + 1);
  }
  RC_ASSERT(!cron.first_in(begin, to));
}

RC_GTEST_PROP(CronParser, answers_any_text_with_an_expression_or_a_fault,
              (const std::string& text, std::uint8_t dialect)) {
  const auto parsed = parse_cron(text, static_cast<CronDialect>(dialect % 4));
  // In parentheses, because RC_ASSERT looks at both sides of an || of its own.
  RC_ASSERT((parsed.has_value() || !parsed.error().empty()));
}

RC_GTEST_PROP(CronParser, answers_any_mix_of_cron_characters, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("0123456789 *,-/?LW#SUNMOJAF@\t")));
  const auto parsed = parse_cron(text, CronDialect::auto_detect);
  if (parsed) return;
  for (const CronFault& fault : parsed.error()) {
    RC_ASSERT(!fault.message.empty());
    RC_ASSERT(fault.position >= 1 && fault.position <= text.size() + 1);
  }
}

}  // namespace
}  // namespace carillon
