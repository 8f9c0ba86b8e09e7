#include "api/http/answer_queue.h"

#include <gtest/gtest.h>

namespace carillon::http {
namespace {

constexpr std::string_view kDate = "Thu, 01 Jan 1970 00:00:00 GMT";

class NoSink final : public AnswerSink {
 public:
  void deliver(AnswerTicket, Answer) override {}
  std::size_t stream_pending_bytes_max() const override { return 1024; }
};

Response body(std::string text) { return Response{.body = std::move(text)}; }

std::string drained(AnswerQueue& queue) {
  std::string out;
  queue.drain(out, kDate);
  return out;
}

TEST(AnswerQueue, gives_answers_in_request_order) {
  AnswerQueue queue;
  const AnswerTicket first = queue.open({});
  const AnswerTicket second = queue.open({});
  queue.take(second, body("two"));
  EXPECT_EQ(drained(queue), "");
  queue.take(first, body("one"));
  const std::string out = drained(queue);
  EXPECT_LT(out.find("one"), out.find("two"));
  EXPECT_TRUE(queue.empty());
}

TEST(AnswerQueue, drops_second_answers_and_late_ones) {
  AnswerQueue queue;
  const AnswerTicket first = queue.open({});
  queue.take(first, body("one"));
  queue.take(first, body("again"));
  EXPECT_EQ(drained(queue).find("again"), std::string::npos);
  queue.take(first, body("late"));
  EXPECT_EQ(drained(queue), "");
}

TEST(AnswerQueue, ends_behind_an_answer_that_closes) {
  AnswerQueue queue;
  const AnswerTicket first = queue.open({.persistence = Persistence::close});
  const AnswerTicket second = queue.open({});
  queue.take(first, body("one"));
  queue.take(second, body("two"));
  std::string out;
  EXPECT_EQ(queue.drain(out, kDate), AfterDrain::close);
  EXPECT_NE(out.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(out.find("two"), std::string::npos);
}

TEST(AnswerQueue, keeps_pieces_of_a_stream_until_its_turn) {
  AnswerQueue queue;
  const AnswerTicket first = queue.open({});
  const AnswerTicket second = queue.open({});
  const auto stream = std::make_shared<Stream>(std::make_shared<NoSink>(), second);
  queue.take(second, StreamStart{.head = body("a"), .stream = stream});
  queue.take(second, StreamChunk{"bc"});
  EXPECT_EQ(drained(queue), "");
  queue.take(first, body("one"));
  EXPECT_TRUE(drained(queue).ends_with("Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n"));
  EXPECT_TRUE(queue.is_streaming());
  queue.take(second, StreamEnd{});
  EXPECT_EQ(drained(queue), "0\r\n\r\n");
  EXPECT_TRUE(queue.empty());
}

TEST(AnswerQueue, counts_what_waits_for_its_turn) {
  AnswerQueue queue;
  const AnswerTicket first = queue.open({});
  const AnswerTicket second = queue.open({});
  const AnswerTicket third = queue.open({});
  const auto stream = std::make_shared<Stream>(std::make_shared<NoSink>(), third);
  queue.take(second, body("two"));
  queue.take(third, StreamStart{.head = {}, .stream = stream});
  queue.take(third, StreamChunk{"bc"});
  EXPECT_EQ(queue.waiting_bytes(), 3 + std::string_view("2\r\nbc\r\n").size());
  queue.take(first, body("one"));
  drained(queue);
  EXPECT_EQ(queue.waiting_bytes(), 0U);
  queue.take(third, StreamChunk{"d"});
  queue.abandon();
  EXPECT_EQ(queue.waiting_bytes(), 0U);
}

TEST(AnswerQueue, streams_without_chunks_to_1_0_and_then_closes) {
  AnswerQueue queue;
  const AnswerTicket first =
      queue.open({.version = HttpVersion::http_1_0, .persistence = Persistence::keep_alive});
  const auto stream = std::make_shared<Stream>(std::make_shared<NoSink>(), first);
  queue.take(first, StreamStart{.head = body("abc"), .stream = stream});
  queue.take(first, StreamEnd{});
  std::string out;
  EXPECT_EQ(queue.drain(out, kDate), AfterDrain::close);
  EXPECT_TRUE(out.ends_with("Connection: close\r\n\r\nabc")) << out;
}

TEST(AnswerQueue, ends_a_stream_at_once_when_only_its_head_was_asked_for) {
  AnswerQueue queue;
  const AnswerTicket first = queue.open({.method = Method::head});
  const auto stream = std::make_shared<Stream>(std::make_shared<NoSink>(), first);
  queue.take(first, StreamStart{.head = body("abc"), .stream = stream});
  EXPECT_EQ(stream->state(), StreamState::gone);
  EXPECT_TRUE(drained(queue).ends_with("\r\n\r\n"));
  EXPECT_TRUE(queue.empty());
}

TEST(AnswerQueue, tells_streams_that_their_client_is_gone) {
  AnswerQueue queue;
  const AnswerTicket first = queue.open({});
  const auto stream = std::make_shared<Stream>(std::make_shared<NoSink>(), first);
  queue.take(first, StreamStart{.head = {}, .stream = stream});
  queue.abandon();
  EXPECT_EQ(stream->state(), StreamState::gone);
}

TEST(ResponseWriter, sends_no_body_for_head_but_its_length) {
  std::string out;
  append_response(out, body("abc"), {.method = Method::head}, kDate);
  EXPECT_TRUE(out.ends_with("Content-Length: 3\r\n\r\n")) << out;
}

TEST(ResponseWriter, sends_neither_body_nor_length_for_204) {
  std::string out;
  append_response(out, Response{.status = 204, .body = "abc"}, {}, kDate);
  EXPECT_EQ(out.find("\r\nContent-"), std::string::npos) << out;
  EXPECT_TRUE(out.ends_with("\r\n\r\n"));
}

TEST(ResponseWriter, cannot_be_split_by_a_value) {
  std::string out;
  append_response(out, body("").with("Location", "/a\r\nSet-Cookie: b"), {}, kDate);
  EXPECT_NE(out.find("Location: /a  Set-Cookie: b\r\n"), std::string::npos);
}

TEST(ResponseWriter, lets_an_answer_bring_its_own_cache_control) {
  std::string out;
  append_response(out, body("").with("Cache-Control", "max-age=60"), {.request_id = "r"}, kDate);
  EXPECT_EQ(out.find("no-store"), std::string::npos);
  EXPECT_NE(out.find("X-Request-Id: r\r\n"), std::string::npos);
  EXPECT_NE(out.find("X-Content-Type-Options: nosniff\r\n"), std::string::npos);
}

TEST(ResponseWriter, writes_dates_as_http_does) {
  EXPECT_EQ(imf_fixdate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace carillon::http
