// Clients that are too much, too slow or ambiguous.
#include <fmt/format.h>
#include <sys/resource.h>

#include "server_fixture.h"

namespace carillon::http {
namespace {

using Bounds = ServerTest;

void expect_refused(RawClient& client, int status, std::string_view code) {
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, status);
  EXPECT_TRUE(answer->head.contains("Connection: close\r\n"));
  EXPECT_TRUE(answer->head.contains("Content-Type: application/problem+json\r\n"));
  EXPECT_TRUE(answer->body.contains(fmt::format(R"("code":"{}")", code))) << answer->body;
  EXPECT_TRUE(client.is_at_end());
}

struct Smuggling {
  const char* name;
  const char* bytes;
};

class SmugglingAttempt : public ServerTest, public testing::WithParamInterface<Smuggling> {};

// Each hides a second request that another reader of the same bytes would see.
TEST_P(SmugglingAttempt, is_refused_and_the_hidden_request_never_runs) {
  serve(echo);
  RawClient client = connect();
  client.send(GetParam().bytes);
  expect_refused(client, 400, "malformed-request");
  EXPECT_EQ(server_->counts().requests_total, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    , SmugglingAttempt,
    testing::Values(
        Smuggling{"length_and_chunked",
                  "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: "
                  "chunked\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"},
        Smuggling{"two_lengths",
                  "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: "
                  "40\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"},
        Smuggling{"odd_length",
                  "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\nGET /hidden "
                  "HTTP/1.1\r\nHost: x\r\n\r\n"},
        Smuggling{"encoding_not_last",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, "
                  "identity\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"},
        Smuggling{"blank_before_colon",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : "
                  "chunked\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"},
        Smuggling{"folded",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n "
                  "chunked\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"},
        Smuggling{"bare_line_feed",
                  "POST / HTTP/1.1\r\nHost: x\r\nA: b\nTransfer-Encoding: "
                  "chunked\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"},
        Smuggling{"bare_carriage_return",
                  "POST / HTTP/1.1\r\nHost: x\r\nA: b\rContent-Length: 40\r\n\r\nGET /hidden "
                  "HTTP/1.1\r\nHost: x\r\n\r\n"},
        Smuggling{"two_hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        Smuggling{"chunk_size_line_feed",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "0\n\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"},
        Smuggling{"chunk_data_too_long",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "1\r\nabc\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"},
        Smuggling{"chunk_extension_line_feed",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "2;\nxx\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"},
        Smuggling{"framing_in_trailer",
                  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "0\r\nContent-Length: 40\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"}),
    [](const testing::TestParamInfo<Smuggling>& row) { return row.param.name; });

TEST_F(Bounds, answer_what_came_before_a_broken_request) {
  serve(echo);
  RawClient client = connect();
  client.send(plain_get("/a") + "GET /b\r\n\r\n");
  EXPECT_EQ(client.read_answer()->body, "GET /a ");
  expect_refused(client, 400, "malformed-request");
}

TEST_F(Bounds, refuse_an_unknown_version) {
  serve(echo);
  RawClient client = connect();
  client.send("GET / HTTP/3.0\r\nHost: x\r\n\r\n");
  expect_refused(client, 505, "malformed-request");
}

TEST_F(Bounds, hold_for_headers) {
  serve(echo);
  const std::string fits(15 * 1024, 'a');
  RawClient client = connect();
  client.send(fmt::format("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", fits));
  EXPECT_EQ(client.read_answer()->status, 200);
  client.send(fmt::format("GET / HTTP/1.1\r\nHost: x\r\nX: {}{}", fits, fits));
  expect_refused(client, 431, "header-too-large");
}

TEST_F(Bounds, take_a_body_of_exactly_one_mebibyte) {
  serve(echo);
  RawClient client = connect();
  const std::string body(1 << 20, 'x');
  client.send(plain_post("/", body));
  EXPECT_EQ(client.read_answer()->body.size(), body.size() + std::string("POST / ").size());
}

TEST_F(Bounds, refuse_a_longer_body_before_it_is_sent) {
  serve(echo);
  RawClient client = connect();
  client.send(
      fmt::format("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nExpect: "
                  "100-continue\r\n\r\n",
                  (1 << 20) + 1));
  expect_refused(client, 413, "body-too-large");
}

TEST_F(Bounds, refuse_a_longer_body_of_a_client_that_sends_it_all_first) {
  serve(echo);
  RawClient client = connect();
  client.send(plain_post("/", std::string((1 << 20) + 1, 'x')));
  expect_refused(client, 413, "body-too-large");
}

TEST_F(Bounds, tell_who_sent_a_longer_body_how_long_it_may_be) {
  serve(echo);
  RawClient client = connect();
  client.send(plain_post("/", std::string((1 << 20) + 1, 'x')));
  EXPECT_TRUE(client.read_answer()->body.contains("At most 1048576 bytes are taken."));
}

TEST_F(Bounds, refuse_a_chunked_body_when_it_passes_the_bound) {
  serve(echo);
  RawClient client = connect();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  for (int i = 0; i < 16; ++i) client.send(chunk);
  client.send("1\r\nx\r\n0\r\n\r\n");
  expect_refused(client, 413, "body-too-large");
}

TEST_F(Bounds, cut_off_a_slow_header) {
  serve(echo, {.header_time_max = Duration::milliseconds(100)});
  RawClient client = connect();
  client.send("GET / HT");
  expect_refused(client, 408, "timed-out");
}

TEST_F(Bounds, close_a_connection_that_says_nothing) {
  serve(echo, {.header_time_max = Duration::milliseconds(100)});
  RawClient client = connect();
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(Bounds, close_an_idle_connection) {
  serve(echo, {.idle_time_max = Duration::milliseconds(100)});
  RawClient client = connect();
  client.send(plain_get("/"));
  EXPECT_EQ(client.read_answer()->status, 200);
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(Bounds, do_not_hurry_a_handler) {
  serve(held_.handler(), {.header_time_max = Duration::milliseconds(100),
                          .body_window = Duration::milliseconds(100),
                          .idle_time_max = Duration::milliseconds(100)});
  RawClient slow = connect();
  auto held = ask(slow);
  RawClient idle = connect();
  EXPECT_TRUE(idle.is_at_end());  // The time-outs have passed now.
  held.responder.send(Response{.status = 202});
  EXPECT_EQ(slow.read_answer()->status, 202);
}

TEST_F(Bounds, cut_off_a_slow_body) {
  serve(echo, {.body_window = Duration::milliseconds(100)});
  RawClient client = connect();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  expect_refused(client, 408, "timed-out");
  EXPECT_EQ(server_->counts().requests_total, 0u);
}

TEST_F(Bounds, close_a_client_that_reads_nothing) {
  const std::string large(16 << 20, 'x');
  serve([large](Request&&, Responder responder) { responder.send(Response{.body = large}); },
        {.write_stall_time_max = Duration::milliseconds(100)});
  RawClient client = RawClient::with_small_receive_buffer(server_->port());
  client.send(plain_get("/"));
  EXPECT_TRUE(eventually([&] {
    return server_->counts().requests_total == 1 && server_->counts().connections_open == 0;
  }));
}

// A thousand of them held as many answers in memory for as long as each may take alone.
TEST_F(Bounds, have_less_patience_with_clients_that_read_nothing_when_they_hold_too_much) {
  const std::string large(16 << 20, 'x');
  serve([large](Request&&, Responder responder) { responder.send(Response{.body = large}); },
        {.write_stall_time_max = Duration::hours(1),
         .unread_bytes_max = 1 << 20,
         .crowded_stall_time_max = Duration::milliseconds(100)});
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(RawClient::with_small_receive_buffer(server_->port()));
    // The second answer waits behind the first, and counts as well.
    clients.back().send(plain_get("/") + plain_get("/"));
  }
  EXPECT_TRUE(eventually([&] {
    return server_->counts().requests_total == 6 && server_->counts().connections_open == 0;
  }));
}

TEST_F(Bounds, stop_reading_when_too_many_requests_are_unanswered) {
  serve(held_.handler(), {.pipelined_max = 4});
  RawClient client = connect();
  std::string all;
  for (int i = 0; i < 10; ++i) all += plain_get("/");
  client.send(all);
  auto first = held_.take(4);
  EXPECT_EQ(server_->counts().requests_total, 4u);
  for (auto& one : first) one.responder.send(Response{});
  for (auto& one : held_.take(4)) one.responder.send(Response{});
  for (auto& one : held_.take(2)) one.responder.send(Response{});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.read_answer()->status, 200);
}

TEST_F(Bounds, refuse_connections_over_the_total) {
  serve(echo, {.connections_max = 2});
  RawClient first = connect();
  RawClient second = connect();
  ASSERT_TRUE(eventually([&] { return server_->counts().connections_open == 2; }));
  RawClient third = connect();
  expect_refused(third, 503, "unavailable");
  first.close();
  ASSERT_TRUE(eventually([&] { return server_->counts().connections_open == 1; }));
  RawClient fourth = connect();
  fourth.send(plain_get("/"));
  EXPECT_EQ(fourth.read_answer()->status, 200);
  EXPECT_EQ(server_->counts().connections_refused_total, 1u);
}

TEST_F(Bounds, refuse_connections_over_those_of_one_address) {
  serve(echo, {.connections_per_address_max = 1});
  RawClient first = connect();
  ASSERT_TRUE(eventually([&] { return server_->counts().connections_open == 1; }));
  RawClient second = connect();
  expect_refused(second, 503, "unavailable");
}

TEST_F(Bounds, leave_room_for_a_thousand_connections) {
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  if (descriptors.rlim_cur < 2100) GTEST_SKIP() << "only " << descriptors.rlim_cur << " files";
  serve(echo);
  std::vector<RawClient> clients;
  for (int i = 0; i < 1000; ++i) clients.push_back(connect());
  for (int round = 0; round < 2; ++round) {
    for (RawClient& client : clients) ASSERT_TRUE(client.send(plain_get("/")));
    for (RawClient& client : clients) ASSERT_EQ(client.read_answer()->status, 200);
  }
  EXPECT_EQ(server_->counts().connections_open, 1000u);
}

}  // namespace
}  // namespace carillon::http
