#include "api/http/problem.h"

#include <gtest/gtest.h>

namespace carillon::http {
namespace {

TEST(Problem, has_all_members_in_the_fixed_order) {
  const Error error{.code = ErrorCode::not_found, .message = "No task 7.", .hint = "List them."};
  EXPECT_EQ(problem_document(error, {.instance = "/api/tasks/7", .request_id = "r-1"}),
            R"({"type":"/problems/not-found","title":"There is no such thing.","status":404,)"
            R"("detail":"No task 7.","instance":"/api/tasks/7","code":"not-found","errors":[],)"
            R"("hint":"List them.","requestId":"r-1"})");
}

TEST(Problem, names_the_field_and_column_at_fault) {
  const Error error{.code = ErrorCode::cron_bad_token,
                    .message = "bad",
                    .column = 3,
                    .pointer = "/cronExpression"};
  EXPECT_NE(problem_document(error, {}).find(
                R"("errors":[{"pointer":"/cronExpression","detail":"bad","code":"cron-bad-token",)"
                R"("column":3}])"),
            std::string::npos);
}

TEST(Problem, lists_every_fault_where_there_are_several) {
  const Error faults[] = {
      {.code = ErrorCode::missing_field, .message = "a", .hint = "Add it.", .pointer = "/name"},
      {.code = ErrorCode::invalid_value, .message = "b", .pointer = "/tags/0"}};
  EXPECT_NE(problem_document(faults[0], {.details = faults})
                .find(R"("errors":[{"pointer":"/name","detail":"a","code":"missing-field",)"
                      R"("hint":"Add it."},{"pointer":"/tags/0","detail":"b",)"
                      R"("code":"invalid-value"}])"),
            std::string::npos);
}

TEST(Problem, stays_utf8_when_the_message_is_not) {
  const Error error{.code = ErrorCode::invalid_value, .message = "got \xff"};
  EXPECT_NE(problem_document(error, {}).find(R"("detail":"got \\xff")"), std::string::npos);
}

TEST(Problem, tells_when_to_come_back_if_that_helps) {
  const Response busy = problem({.code = ErrorCode::overloaded, .message = "full"}, {});
  EXPECT_EQ(busy.status, 429);
  EXPECT_EQ(busy.header("retry-after"), "1");
  EXPECT_EQ(busy.content_type, "application/problem+json");
  const Response late = problem({.code = ErrorCode::timed_out, .message = "slow"}, {.status = 408});
  EXPECT_EQ(late.status, 408);
  EXPECT_EQ(late.header("Retry-After"), "");
}

}  // namespace
}  // namespace carillon::http
