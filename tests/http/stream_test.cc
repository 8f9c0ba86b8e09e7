// Streamed answers: Server-Sent Events and the readers that fall behind or leave.
#include <atomic>
#include <thread>

#include "api/http/server_sent_event.h"
#include "server_fixture.h"

namespace carillon::http {
namespace {

using StreamedAnswer = ServerTest;

Response event_stream_head() { return Response{.content_type = "text/event-stream"}; }

std::string event_text(std::string_view data) {
  std::string text;
  append_event(text, {.data = data});
  return text;
}

TEST_F(StreamedAnswer, arrives_piece_by_piece_and_the_connection_goes_on) {
  serve(held_.handler());
  RawClient client = connect();
  client.send(plain_get("/events") + plain_get("/next"));
  auto requests = held_.take(2);
  const auto stream = requests[0].responder.open_stream(event_stream_head());
  requests[1].responder.send(Response{.body = "next"});

  EXPECT_EQ(stream->write(event_text("one")), StreamState::open);
  const auto head = client.read_head_answer();
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->head.contains("Transfer-Encoding: chunked\r\n"));
  EXPECT_TRUE(head->head.contains("Content-Type: text/event-stream\r\n"));
  EXPECT_EQ(client.read_some(), "b\r\ndata: one\n\n\r\n");
  stream->write(event_text("two"));
  EXPECT_EQ(client.read_some(), "b\r\ndata: two\n\n\r\n");
  stream->finish();
  EXPECT_TRUE(client.read_some().starts_with("0\r\n\r\n"));
}

TEST_F(StreamedAnswer, is_whole_however_fast_it_is_written) {
  serve(held_.handler(), {.stream_pending_bytes_max = 64 << 20});
  RawClient client = connect();
  auto held = ask(client, "/events");
  std::thread producer([responder = std::move(held.responder)]() mutable {
    const auto stream = responder.open_stream(event_stream_head());
    for (int i = 0; i < 1000; ++i) stream->write(std::string(1000, 'x'));
    stream->finish();
  });
  EXPECT_EQ(client.read_answer()->body.size(), 1'000'000u);
  producer.join();
}

TEST_F(StreamedAnswer, of_a_slow_reader_is_cut_off_at_the_bound) {
  serve(held_.handler(), {.stream_pending_bytes_max = 256 * 1024});
  RawClient slow = RawClient::with_small_receive_buffer(server_->port());
  auto held = ask(slow, "/events");
  const auto stream = held.responder.open_stream(event_stream_head());
  std::atomic<int> gone = 0;
  stream->when_gone([&] { ++gone; });

  // Nobody reads: the kernel's buffers fill up, then ours does, and then it ends. A fast reader
  // beside it is served all the while.
  RawClient healthy = connect();
  std::size_t written = 0;
  constexpr std::size_t kEnough = std::size_t{64} << 20;
  while (written < kEnough && stream->write(std::string(16 * 1024, 'x')) == StreamState::open) {
    written += 16 * 1024;
    if (written % (1 << 20) != 0) continue;
    healthy.send(plain_get("/"));
    held_.take(1)[0].responder.send(Response{});
    ASSERT_EQ(healthy.read_answer()->status, 200);
  }
  EXPECT_LT(written, kEnough);
  EXPECT_EQ(stream->state(), StreamState::gone);
  EXPECT_EQ(gone, 1);
  EXPECT_TRUE(eventually([&] { return server_->counts().connections_open == 1; }));
}

TEST_F(StreamedAnswer, tells_its_producer_that_the_client_has_gone) {
  serve(held_.handler());
  RawClient client = connect();
  auto held = ask(client, "/events");
  const auto stream = held.responder.open_stream(event_stream_head());
  stream->write(event_text("one"));
  ASSERT_TRUE(client.read_head_answer());
  std::atomic<int> gone = 0;
  stream->when_gone([&] { ++gone; });
  client.close();
  EXPECT_TRUE(eventually([&] { return gone == 1; }));
  EXPECT_EQ(stream->write("more"), StreamState::gone);
}

TEST_F(StreamedAnswer, tells_a_producer_that_begins_after_its_client_has_gone) {
  serve(held_.handler());
  RawClient client = connect();
  auto held = ask(client, "/events");
  client.reset();
  ASSERT_TRUE(eventually([&] { return server_->counts().connections_open == 0; }));
  const auto stream = held.responder.open_stream(event_stream_head());
  EXPECT_TRUE(eventually([&] { return stream->state() == StreamState::gone; }));
}

TEST_F(StreamedAnswer, ends_when_the_server_stops) {
  serve(held_.handler());
  RawClient client = connect();
  auto held = ask(client, "/events");
  const auto stream = held.responder.open_stream(event_stream_head());
  stream->write(event_text("one"));
  std::thread stopper([&] { server_->stop(Duration::seconds(20)); });
  const auto all = client.read_to_end();
  client.close();
  stopper.join();
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->ends_with("data: one\n\n\r\n0\r\n\r\n"));
  EXPECT_EQ(stream->state(), StreamState::gone);
}

TEST_F(StreamedAnswer, tells_a_producer_whose_server_has_stopped_before) {
  serve(held_.handler());
  RawClient client = connect();
  auto held = ask(client, "/events");
  server_->stop(Duration());
  const auto stream = held.responder.open_stream(event_stream_head());
  EXPECT_EQ(stream->state(), StreamState::gone);
}

}  // namespace
}  // namespace carillon::http
