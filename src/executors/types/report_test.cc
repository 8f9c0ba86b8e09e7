#include "executors/types/report.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rfc3339.h"
#include "executors/testing/loopback_server.h"
#include "executors/testing/type_harness.h"
#include "executors/types/report_text.h"

namespace carillon {
namespace {

using testing::completed;
using ::testing::HasSubstr;
using testing::LoopbackServer;
using ::testing::Not;
using testing::TypeHarness;

RunFigures some_figures() {
  return {.tasks = {{TaskStatus::scheduled, 3}},
          .completed = 2,
          .failed = 1,
          .lateness = {.samples = 3, .p50 = Duration::milliseconds(4), .max = Duration::seconds(1)},
          .busiest = {
              {.id = "i", .name = "<script>|*x*,", .type = "noop", .completed = 2, .failed = 1}}};
}

TEST(Report, covers_the_last_day_with_only_its_type) {
  TypeHarness harness;
  harness.statistics.answer = some_figures();
  const auto result = completed(harness.run(R"({"type": "report"})"));
  EXPECT_EQ(result.at("runs").at("successPercent").as_double(), 66.6);
  EXPECT_EQ(result.at("lateness").at("p50Ms").as_int64(), 4);
  EXPECT_EQ(result.at("tasks").at("SCHEDULED").as_uint64(), 3U);
  EXPECT_EQ(harness.statistics.asked_to - harness.statistics.asked_from, Duration::hours(24));
}

TEST(Report, of_a_slot_ends_at_the_slot) {
  TypeHarness harness;
  harness.dispatched.nominal = parse_rfc3339("2026-03-01T07:00:00Z").value();
  completed(harness.run(R"({"type": "report", "period": "P7D"})"));
  EXPECT_EQ(to_rfc3339(harness.statistics.asked_from), "2026-02-22T07:00:00.000Z");
  EXPECT_EQ(to_rfc3339(harness.statistics.asked_to), "2026-03-01T07:00:00.000Z");
}

TEST(Report, writes_a_file) {
  TypeHarness harness;
  harness.statistics.answer = some_figures();
  harness.directory.write("reports/keep", "");
  const auto result =
      completed(harness.run(R"({"type": "report", "format": "csv", "output": "reports/r.csv"})"));
  EXPECT_EQ(result.at("output").as_string(), "reports/r.csv");
  EXPECT_THAT(harness.directory.read("reports/r.csv"),
              HasSubstr("i,\"<script>|*x*,\",noop,2,1,0,0,0,0\n"));
}

TEST(Report, escapes_what_people_named) {
  const ReportPeriod period;
  const std::string html = report_text(some_figures(), period, ReportFormat::html);
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  const std::string markdown = report_text(some_figures(), period, ReportFormat::markdown);
  EXPECT_THAT(markdown, HasSubstr("\\<script\\>\\|\\*x\\*,"));
}

TEST(Report, goes_out_by_mail) {
  LoopbackServer server({}, LoopbackServer::Speaks::smtp);
  TypeHarness harness([&](ExecutorOptions& options) {
    options.smtp.url = fmt::format("smtp://127.0.0.1:{}", server.port());
    options.smtp.from = "carillon@example.com";
  });
  const auto result =
      completed(harness.run(R"({"type": "report", "format": "html", "email": "a@example.com"})"));
  EXPECT_TRUE(result.at("mailed").as_bool());
  EXPECT_THAT(server.requests().at(0), HasSubstr("Content-Type: text/html; charset=utf-8"));
}

TEST(Report, is_not_mailed_when_it_was_stopped_before) {
  LoopbackServer server({}, LoopbackServer::Speaks::smtp);
  TypeHarness harness([&](ExecutorOptions& options) {
    options.smtp.url = fmt::format("smtp://127.0.0.1:{}", server.port());
    options.smtp.from = "carillon@example.com";
  });
  harness.stop->ask({.reason = "enough"});
  EXPECT_TRUE(
      testing::is_cancelled(harness.run(R"({"type": "report", "email": "a@example.com"})")));
  EXPECT_TRUE(server.requests().empty());
}

// A reader of its own took PTT5S for five seconds and refused half a second.
TEST(Report, reads_its_period_as_every_duration_of_the_api_is_read) {
  TypeHarness harness;
  completed(harness.run(R"({"type": "report", "period": "PT0.5S"})"));
  EXPECT_EQ(harness.statistics.asked_to - harness.statistics.asked_from,
            Duration::milliseconds(500));
  EXPECT_FALSE(harness.validate(R"({"type": "report", "period": "PTT5S"})"));
  const auto months = harness.validate(R"({"type": "report", "period": "P1M"})");
  ASSERT_FALSE(months);
  EXPECT_EQ(months.error().pointer, "/parameters/period");
  EXPECT_EQ(months.error().message, "period: P1M has years or months, which differ in length.");
}

TEST(Report, refuses_an_empty_period) {
  EXPECT_FALSE(TypeHarness().validate(R"({"type": "report", "period": "PT0S"})"));
}

}  // namespace
}  // namespace carillon
