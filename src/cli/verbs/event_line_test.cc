#include "cli/verbs/event_line.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace carillon::cli {
namespace {

// A fact as the server writes it: task and time are the same in all of them.
boost::json::value fact(std::string_view type, std::string_view parts) {
  std::string text = R"({"at":"2026-11-24T23:46:13.573Z","task":"T","type":")";
  text += type;
  text += "\",";
  text += parts;
  return boost::json::parse(text + "}");
}

std::string line(std::string_view type, std::string_view parts) {
  return event_line(event_row(fact(type, parts), "hello"), Colour::off);
}

// The error of a failed run was read from a member that no fact has, so it was never shown.
TEST(EventLine, of_a_failed_run_says_how_long_it_took_and_why_it_failed) {
  EXPECT_EQ(line("run.failed",
                 R"("run":{"runId":"T.1","status":"FAILED","attempt":2,
                    "startedAt":"2026-11-24T23:46:12.073Z","endedAt":"2026-11-24T23:46:13.573Z",
                    "outcome":{"errorCode":"http-status","errorMessage":"It answered 500."}})"),
            "23:46:13.573  hello             run.failed      T.1  attempt 2  FAILED  after 1.5s"
            "  http-status: It answered 500.\n");
}

TEST(EventLine, of_a_retry_says_when_the_next_attempt_comes) {
  EXPECT_EQ(line("run.retrying",
                 R"("run":{"runId":"T.1","status":"RETRYING","attempt":1,
              "startedAt":"2026-11-24T23:40:00.000Z",
              "attemptStartedAt":"2026-11-24T23:46:13.563Z",
              "nextAttemptAt":"2026-11-24T23:46:14.073Z",
              "outcome":{"errorCode":"failed-on-purpose","errorMessage":"No."}})"),
            "23:46:13.573  hello             run.retrying    T.1  attempt 1  RETRYING  after 10ms  "
            "failed-on-purpose: No.  next attempt in 500ms\n");
}

TEST(EventLine, of_a_second_attempt_is_free_of_the_error_of_the_first) {
  EXPECT_EQ(line("run.started",
                 R"("run":{"runId":"T.1","status":"RUNNING","attempt":2,
                    "startedAt":"2026-11-24T23:46:12.073Z","endedAt":null,
                    "outcome":{"errorCode":"x","errorMessage":"old"}})"),
            "23:46:13.573  hello             run.started     T.1  attempt 2  RUNNING\n");
}

TEST(EventLine, of_skipped_slots_names_the_first_their_number_and_the_reason) {
  EXPECT_EQ(line("slot.decided",
                 R"("slot":{"first":"2026-11-24T23:00:00.000Z","count":3,
                    "disposition":"SKIPPED_OVERLAP","reason":"run_active"})"),
            "23:46:13.573  hello             slot.decided    T  SKIPPED_OVERLAP  "
            "3 slots from 2026-11-24T23:00:00.000Z (run_active)\n");
}

TEST(EventLine, of_a_task_shows_its_own_error_and_who_did_it) {
  EXPECT_EQ(line("task.failed",
                 R"("row":{"status":"FAILED"},"outcome":{"errorCode":"","errorMessage":"By hand."},
                    "by":"ops")"),
            "23:46:13.573  hello             task.failed     T  FAILED  By hand.  by ops\n");
}

TEST(EventLine, without_a_name_shows_the_id_and_escapes_what_others_wrote) {
  const auto event = fact("run.failed", R"("run":{"runId":"T.1","status":"FAILED",
                          "outcome":{"errorCode":"e","errorMessage":"a\u001b[2J"}})");
  EXPECT_EQ(event_line(event_row(event, ""), Colour::off),
            "23:46:13.573  T                 run.failed      T.1  FAILED  e: a\\u001b[2J\n");
}

TEST(EventLine, of_a_late_result_says_nothing_about_the_task) {
  EXPECT_EQ(line("attempt.lost", R"("row":{"status":"FAILED"},"detail":"T.1.1")"),
            "23:46:13.573  hello             attempt.lost    T  T.1.1\n");
}

TEST(EventRow, of_another_topic_has_the_problem_of_an_answer) {
  EXPECT_EQ(
      boost::json::value(event_row(
          fact("task.answer", R"("problem":"run-active","message":"Run T.1 is active.")"), "")),
      boost::json::parse(R"({"at":"2026-11-24T23:46:13.573Z","type":"task.answer","task":"T",
                                   "error":"run-active: Run T.1 is active."})"));
}

}  // namespace
}  // namespace carillon::cli
