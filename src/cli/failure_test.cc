#include "cli/failure.h"

#include <gtest/gtest.h>

namespace carillon::cli {
namespace {

TEST(ProblemFailure, of_a_cron_error_shows_a_caret_under_the_position) {
  const Failure failure = problem_failure(
      422,
      R"({"code":"cron-value-range","detail":"The minute 75 is out of range.","hint":"Use 0 to 59.",
          "column":3})",
      "0 75 * * * *");
  EXPECT_EQ(failure.exit, ExitCode::usage);
  EXPECT_EQ(failure_text(failure),
            "Error: The minute 75 is out of range.\n"
            "  0 75 * * * *\n"
            "    ^\n"
            "Hint: Use 0 to 59.\n");
}

TEST(ProblemFailure, takes_its_exit_code_from_the_code_and_else_from_the_status) {
  const auto exit_of = [](int status, std::string_view body) {
    return problem_failure(status, body, {}).exit;
  };
  EXPECT_EQ(exit_of(409, R"({"code":"illegal-transition","detail":"x"})"), ExitCode::conflict);
  EXPECT_EQ(exit_of(422, R"({"code":"idempotency-key-reused","detail":"x"})"), ExitCode::conflict);
  EXPECT_EQ(exit_of(404, R"({"code":"not-found","detail":"x"})"), ExitCode::not_found);
  EXPECT_EQ(exit_of(404, R"({"code":"a-code-of-the-future","detail":"x"})"), ExitCode::not_found);
  EXPECT_EQ(exit_of(401, ""), ExitCode::auth);
  EXPECT_EQ(exit_of(412, ""), ExitCode::conflict);
  EXPECT_EQ(exit_of(400, ""), ExitCode::usage);
  EXPECT_EQ(exit_of(429, ""), ExitCode::failed);
  EXPECT_EQ(exit_of(502, "<html>"), ExitCode::failed);
}

TEST(ProblemFailure, lists_the_fields_at_fault_and_does_not_repeat_the_detail) {
  const Failure failure = problem_failure(
      422,
      R"({"detail":"Two fields are wrong.","errors":[{"pointer":"/name","detail":"It is empty."},
          {"pointer":"/every","detail":"Two fields are wrong."}]})",
      {});
  EXPECT_EQ(failure_text(failure), "Error: Two fields are wrong.\n  /name: It is empty.\n");
}

// A server that is not carillon knows no path, which says nothing about a task.
TEST(ProblemFailure, of_a_foreign_server_is_not_that_something_was_not_found) {
  const Failure failure = problem_failure(404, "<html>Not Found</html>", {});
  EXPECT_EQ(failure.exit, ExitCode::failed);
  EXPECT_EQ(failure.hint, "Is that address a carillon server? Check --server.");
}

TEST(ProblemFailure, names_commands_where_the_api_names_its_calls) {
  const auto hint_of = [](const std::string& hint) {
    return problem_failure(404, R"({"code":"not-found","detail":"x","hint":")" + hint + "\"}", {})
        .hint;
  };
  EXPECT_EQ(hint_of("List the tasks with GET /api/v1/tasks."),
            "List the tasks with `carillon task list`.");
  EXPECT_EQ(hint_of("List the runs with GET /api/v1/runs."),
            "List the runs with `carillon run list`.");
  EXPECT_EQ(hint_of("To run it anyway, use POST /api/v1/tasks/{id}/run."),
            "To run it anyway, use `carillon task run TASK`.");
}

TEST(FailureText, names_the_request_only_when_the_server_is_at_fault) {
  const std::string_view body = R"({"detail":"Broken.","requestId":"r-1"})";
  EXPECT_EQ(failure_text(problem_failure(500, body, {})), "Error: Broken.\nRequest id: r-1\n");
  EXPECT_EQ(failure_text(problem_failure(404, body, {})), "Error: Broken.\n");
}

TEST(FailureText, keeps_control_characters_of_the_server_from_the_terminal) {
  const Failure failure = problem_failure(422, R"({"detail":"a\u001b[31mb\nc"})", {});
  EXPECT_EQ(failure_text(failure), "Error: a\\u001b[31mb\\nc\n");
}

TEST(FailureText, of_an_interrupt_says_nothing) {
  EXPECT_EQ(failure_text(Failure{.exit = ExitCode::interrupted}), "");
}

}  // namespace
}  // namespace carillon::cli
