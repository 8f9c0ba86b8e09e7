// The tables of golden/: what each dialect means, refuses and doubts.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "domain/cron/cron_parser.h"
#include "domain/cron/cron_words.h"
#include "domain/cron/golden_rows_testing.h"

namespace carillon {
namespace {

using testing::golden_list;
using testing::golden_rows;
using testing::GoldenRow;

CronDialect dialect_of(const GoldenRow& row) {
  return from_word<CronDialect>(row.columns.at(0)).value();
}

TEST(CronTable, of_next_times_holds) {
  for (const GoldenRow& row : golden_rows("next.txt")) {
    SCOPED_TRACE(row.where);
    const auto parsed = parse_cron(row.columns.at(1), dialect_of(row));
    if (!parsed) {
      ADD_FAILURE() << parsed.error().front().message;
      continue;
    }
    std::optional<LocalTime> time = testing::local_time(row.columns.at(2));
    std::vector<std::string> found;
    const std::vector<std::string> expected = golden_list(row.columns.at(3));
    while (time && found.size() < expected.size()) {
      time = parsed->expression.next(*time);
      found.push_back(time ? to_text(*time) : "none");
    }
    EXPECT_EQ(found, expected);
  }
}

// The lines of one expression stand together and list all of its faults.
TEST(CronTable, of_errors_holds) {
  const std::vector<GoldenRow> rows = golden_rows("errors.txt");
  for (std::size_t i = 0; i < rows.size();) {
    const GoldenRow& first = rows[i];
    SCOPED_TRACE(first.where);
    std::vector<std::string> expected;
    const auto same_case = [&first](const GoldenRow& row) {
      return row.columns.at(0) == first.columns.at(0) && row.columns.at(1) == first.columns.at(1);
    };
    for (; i < rows.size() && same_case(rows[i]); ++i) {
      expected.push_back(fmt::format("{} | {} | {}", rows[i].columns.at(2), rows[i].columns.at(3),
                                     rows[i].columns.at(4)));
    }
    std::vector<std::string> found;
    const auto parsed = parse_cron(first.columns.at(1), dialect_of(first));
    for (const CronFault& fault : parsed ? CronFaults{} : parsed.error()) {
      found.push_back(fmt::format("{} @{} | {} | {}", error_info(fault.code).word, fault.position,
                                  fault.message, fault.hint.empty() ? "." : fault.hint));
    }
    EXPECT_EQ(found, expected);
  }
}

TEST(CronTable, of_dialects_and_warnings_holds) {
  for (const GoldenRow& row : golden_rows("warnings.txt")) {
    SCOPED_TRACE(row.where);
    const auto parsed = parse_cron(row.columns.at(1), dialect_of(row));
    if (!parsed) {
      ADD_FAILURE() << parsed.error().front().message;
      continue;
    }
    EXPECT_EQ(word_of(parsed->dialect), row.columns.at(2));
    std::vector<std::string> found;
    for (const CronWarning& warning : parsed->warnings) {
      found.push_back(fmt::format("{} @{}", word_of(warning.code), warning.position));
    }
    EXPECT_EQ(found, golden_list(row.columns.at(3)));
  }
}

TEST(CronTable, of_words_holds) {
  for (const GoldenRow& row : golden_rows("words.txt")) {
    SCOPED_TRACE(row.where);
    const auto parsed = parse_cron(row.columns.at(1), dialect_of(row));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(in_words(parsed->expression), row.columns.at(2));
  }
}

}  // namespace
}  // namespace carillon
