// The live streams of topics: complete, in order, without doubles, at the reader's own speed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/api_client.h"
#include "base/text.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

using testing::ApiClient;
using ::testing::HasSubstr;
using testing::Reading;
using testing::task_fact;
using testing::text_at;

// The ids of the events in a stream's text.
std::vector<std::uint64_t> ids_in(const std::string& text) {
  std::vector<std::uint64_t> ids;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("id: ")) ids.push_back(std::stoull(std::string(line.substr(4))));
  }
  return ids;
}

// 2, 4, …, 2 n: the positions that n emitted facts have.
std::vector<std::uint64_t> first_positions(std::uint64_t n) {
  std::vector<std::uint64_t> positions;
  for (std::uint64_t i = 1; i <= n; ++i) positions.push_back(2 * i);
  return positions;
}

void emit_many(ApiClient& client, int count) {
  for (int i = 0; i < count; ++i) client.gateway.emit(task_fact(1));
}

TEST(EventStream, tells_what_happens_from_now_on) {
  ApiClient client;
  client.gateway.emit(task_fact(1));
  const auto box = client.open({.target = "/api/v1/events/stream"});
  const http::Response head = box->wait();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.content_type, "text/event-stream");
  client.gateway.emit(task_fact(2), FactType::task_paused);
  const std::string text = box->wait_for_text("\"version\":2");
  EXPECT_EQ(ids_in(text), std::vector<std::uint64_t>{4});
  EXPECT_THAT(text, HasSubstr("event: task.paused\ndata: {\"type\":\"task.paused\",\"at\":"));
}

TEST(EventStream, begins_behind_the_last_event_that_the_client_has) {
  ApiClient client;
  emit_many(client, 5);
  const auto box =
      client.open({.target = "/api/v1/events/stream?after=0", .headers = {{"Last-Event-ID", "6"}}});
  EXPECT_EQ(ids_in(box->wait_for_text("id: 10")), (std::vector<std::uint64_t>{8, 10}));
}

TEST(EventStream, has_neither_gap_nor_double_when_facts_come_while_history_is_read) {
  ApiClient client;
  emit_many(client, 300);
  // Three times, each inside another page of the history: between what was read and what is live.
  client.gateway.on_history_read = [&] {
    emit_many(client, 10);
    client.gateway.on_history_read = [&] {
      emit_many(client, 10);
      client.gateway.on_history_read = [&] { emit_many(client, 10); };
    };
  };
  const auto box = client.open({.target = "/api/v1/events/stream?after=0"});
  EXPECT_EQ(ids_in(box->wait_for_text("id: 660\n")), first_positions(330));
  emit_many(client, 20);
  EXPECT_EQ(ids_in(box->wait_for_text("id: 700\n")), first_positions(350));
}

TEST(EventStream, gives_every_reader_of_a_topic_the_same_whenever_it_came) {
  ApiClient client;
  const auto early = client.open({.target = "/api/v1/events/stream?after=0"});
  emit_many(client, 50);
  const auto late = client.open({.target = "/api/v1/events/stream?after=0"});
  emit_many(client, 50);
  EXPECT_EQ(ids_in(early->wait_for_text("id: 200\n")), first_positions(100));
  EXPECT_EQ(ids_in(late->wait_for_text("id: 200\n")), first_positions(100));
}

TEST(EventStream, tells_only_its_topic) {
  ApiClient client;
  const auto box = client.open({.target = "/api/v1/events/stream"});
  client.gateway.emit(task_fact(1), FactType::task_answer, Topic::task_responses);
  client.gateway.emit(task_fact(2));
  EXPECT_EQ(ids_in(box->wait_for_text("id: 4")), std::vector<std::uint64_t>{4});
}

TEST(EventStream, sends_a_sign_of_life_when_nothing_happens) {
  ApiClient client({.heartbeat = Duration::milliseconds(1)});
  const auto box = client.open({.target = "/api/v1/events/stream"});
  EXPECT_THAT(box->wait_for_text(":\n\n:\n\n:\n\n"), HasSubstr(":\n\n:\n\n"));
}

TEST(EventStream, holds_back_from_a_reader_that_takes_nothing) {
  ApiClient client;
  TaskFact fact = task_fact(1);
  fact.detail = std::string(16 * 1024, 'x');
  for (int i = 0; i < 100; ++i) client.gateway.emit(fact);  // More than a stream may hold.
  const auto slow = client.open({.target = "/api/v1/events/stream?after=0"}, Reading::never);
  slow->wait_for_text("id: 4");
  // Another reader is served in full meanwhile, which takes longer than cutting the first off.
  const auto fast = client.open({.target = "/api/v1/events/stream?after=0"});
  EXPECT_EQ(ids_in(fast->wait_for_text("id: 200\n")), first_positions(100));
  EXPECT_LT(ids_in(slow->wait_for_text("id: 4")).size(), 20U);
}

TEST(EventStream, carries_an_event_larger_than_what_a_stream_may_hold) {
  ApiClient client;
  TaskFact fact = task_fact(1);
  fact.detail = std::string(1280 * 1024, 'x');
  client.gateway.emit(fact);
  client.gateway.emit(task_fact(2));
  const auto box = client.open({.target = "/api/v1/events/stream?after=0"});
  EXPECT_EQ(ids_in(box->wait_for_text("id: 4\n")), first_positions(2));
}

TEST(EventStream, says_why_it_ends_when_the_history_cannot_be_read) {
  ApiClient client;
  client.gateway.read_error = Error{.code = ErrorCode::corrupt, .message = "A file is damaged."};
  const auto box = client.open({.target = "/api/v1/events/stream?after=0"});
  EXPECT_THAT(box->wait_for_end(), HasSubstr("event: error\ndata: {\"code\":\"corrupt\""));
}

TEST(EventStream, is_bounded_in_number_and_frees_the_place_of_a_client_that_left) {
  ApiClient client({.streams_max = 1});
  const auto first = client.open({.target = "/api/v1/events/stream"});
  EXPECT_EQ(first->wait().status, 200);
  const auto refused = client.get("/api/v1/events/stream");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  first->hang_up();
  std::uint16_t status = 429;
  for (int tries = 0; tries < 1'000'000 && status == 429; ++tries) {
    status = client.get("/api/v1/events/stream").status;
  }
  EXPECT_EQ(status, 200);
}

TEST(EventStream, ends_with_the_server) {
  std::shared_ptr<testing::AnswerBox> box;
  {
    ApiClient client;
    box = client.open({.target = "/api/v1/events/stream"});
    box->wait();
  }
  box->wait_for_end();
}

TEST(EventStream, refuses_topics_that_only_operators_read) {
  ApiClient client;
  const auto answer = client.get("/api/v1/events/stream?topic=task-requests");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(text_at(answer, "/hint"), "Read it with GET /api/v1/events?topic=task-requests.");
  EXPECT_EQ(client.get("/api/v1/events/stream?after=x").status, 422);
}

TEST(EventStream, answers_head_with_its_head_alone) {
  ApiClient client;
  const auto head = client.send({.method = "HEAD", .target = "/api/v1/events/stream"});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.content_type, "text/event-stream");
}

}  // namespace
}  // namespace carillon::api
