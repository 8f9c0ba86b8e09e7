#include "executors/ending_report.h"

#include <gtest/gtest.h>

#include "domain/limits.h"

namespace carillon {
namespace {

TEST(EndingReport, keeps_the_result) {
  const auto report = report_of(Fence{5}, Completed{boost::json::object{{"n", 1}}}, std::nullopt);
  EXPECT_EQ(report->fence, Fence{5});
  EXPECT_EQ(report->kind, FinishKind::completed);
  EXPECT_EQ(report->outcome.result.text(), R"({"n":1})");
}

TEST(EndingReport, cuts_a_result_that_is_too_long) {
  const std::string large(limits::kResultBytes + 1, 'x');
  const auto report = report_of(Fence{1}, Completed{boost::json::value(large)}, std::nullopt);
  EXPECT_LE(report->outcome.result.text().size(), limits::kResultBytes);
  EXPECT_TRUE(report->outcome.result.text().starts_with(R"({"truncated":true,"bytes":65539,)"));
}

TEST(EndingReport, cuts_and_cleans_an_error_message) {
  const auto report = report_of(
      Fence{1}, Failed{.code = "c", .message = "\xFF" + std::string(20'000, 'x')}, std::nullopt);
  EXPECT_LE(report->outcome.error_message.size(), limits::kErrorBytes);
  EXPECT_TRUE(report->outcome.error_message.starts_with("\\xffx"));
}

TEST(EndingReport, tells_failures_that_may_be_repeated_from_those_for_good) {
  EXPECT_EQ(report_of(Fence{1}, Failed{.code = "c"}, std::nullopt)->kind, FinishKind::failed);
  EXPECT_EQ(report_of(Fence{1}, Failed{.code = "c", .repeat = Repeat::useless}, std::nullopt)->kind,
            FinishKind::failed_for_good);
}

TEST(EndingReport, of_a_deadline_is_a_failure_that_may_be_repeated) {
  const auto report =
      report_of(Fence{1}, Cancelled{}, StopRequest{.cause = StopCause::deadline, .reason = "late"});
  EXPECT_EQ(report->kind, FinishKind::failed);
  EXPECT_EQ(report->outcome.error_code, "timed-out");
}

TEST(EndingReport, of_a_shutdown_is_silence) {
  EXPECT_FALSE(report_of(Fence{1}, Failed{.code = "c"},
                         StopRequest{.cause = StopCause::shutdown, .reason = "bye"}));
}

TEST(EndingReport, of_work_that_was_done_before_the_stop_was_noticed_is_its_result) {
  const auto report =
      report_of(Fence{1}, Completed{}, StopRequest{.cause = StopCause::shutdown, .reason = "bye"});
  EXPECT_EQ(report->kind, FinishKind::completed);
}

}  // namespace
}  // namespace carillon
