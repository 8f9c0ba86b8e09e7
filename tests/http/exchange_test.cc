// Requests and answers of clients that behave.
#include <chrono>
#include <future>
#include <set>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

#include "server_fixture.h"

namespace carillon::http {
namespace {

using Exchange = ServerTest;

TEST_F(Exchange, keeps_the_connection_for_the_next_request) {
  serve(echo);
  RawClient client = connect();
  for (int i = 0; i < 3; ++i) {
    client.send(plain_post(fmt::format("/{}", i), "body"));
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, fmt::format("POST /{} body", i));
  }
}

TEST_F(Exchange, answers_pipelined_requests_in_their_order_whatever_the_order_of_completion) {
  serve(held_.handler());
  RawClient client = connect();
  std::string all;
  for (int i = 0; i < 16; ++i) all += plain_get(fmt::format("/{}", i));
  client.send(all);

  auto requests = held_.take(16);
  std::thread worker([&] {
    for (auto at = requests.rbegin(); at != requests.rend(); ++at) {
      at->responder.send(Response{.body = at->request.target});
    }
  });
  for (int i = 0; i < 16; ++i) {
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, fmt::format("/{}", i));
  }
  worker.join();
}

TEST_F(Exchange, writes_all_answers_that_are_ready_at_once) {
  serve(echo);
  RawClient client = connect();
  std::string all;
  for (int i = 0; i < 16; ++i) all += plain_get("/one");
  client.send(all);
  const std::string first_read = client.read_some();
  std::size_t answers = 0;
  for (std::size_t at = 0; (at = first_read.find("GET /one", at)) != std::string::npos; ++at) {
    ++answers;
  }
  EXPECT_EQ(answers, 16u);
}

TEST_F(Exchange, writes_answers_that_were_made_at_home_together) {
  serve(held_.handler());
  RawClient client = connect();
  std::string all;
  for (int i = 0; i < 16; ++i) all += plain_get("/one");
  client.send(all);

  auto requests = held_.take(16);
  WorkQueue& home = *requests.front().responder.home();
  std::promise<void> posted;
  home.post([&] { posted.get_future().wait(); });
  std::vector<std::thread::id> threads(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const bool is_last = i + 1 == requests.size();
    home.post([held = std::move(requests[i]), &thread = threads[i], is_last]() mutable {
      // Those before it would reach the client meanwhile if each were written by itself.
      if (is_last) std::this_thread::sleep_for(std::chrono::milliseconds(50));
      thread = std::this_thread::get_id();
      held.responder.send(Response{.body = held.request.target});
    });
  }
  posted.set_value();
  const std::string first_read = client.read_some();
  std::size_t answers = 0;
  for (std::size_t at = 0; (at = first_read.find("/one", at)) != std::string::npos; ++at) {
    ++answers;
  }
  EXPECT_EQ(answers, 16u);
  EXPECT_EQ(std::set(threads.begin(), threads.end()).size(), 1u);
  EXPECT_NE(threads.front(), std::this_thread::get_id());
}

TEST_F(Exchange, reads_a_request_that_comes_byte_by_byte) {
  serve(echo);
  RawClient client = connect();
  const std::string request =
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX: y\r\n\r\n";
  for (const char c : request) client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.read_answer()->body, "POST /a abcde");
}

TEST_F(Exchange, survives_an_empty_chunked_body_in_pieces) {
  serve(echo);
  RawClient client = connect();
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (const char c : std::string_view("0\r\n\r\n")) client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.read_answer()->body, "POST /a ");
}

TEST_F(Exchange, asks_for_the_body_of_a_client_that_waits_to_be_asked) {
  serve(echo);
  RawClient client = connect();
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_head_answer()->status, 100);
  client.send("body");
  EXPECT_EQ(client.read_answer()->body, "POST /a body");
}

TEST_F(Exchange, asks_for_a_body_only_after_the_answers_before_it) {
  serve(held_.handler());
  RawClient client = connect();
  client.send(plain_get("/first") +
              "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  held_.take(1)[0].responder.send(Response{.status = 201});
  EXPECT_EQ(client.read_answer()->status, 201);
  EXPECT_EQ(client.read_head_answer()->status, 100);
  client.send("body");
  held_.take(1)[0].responder.send(Response{});
  EXPECT_EQ(client.read_answer()->status, 200);
}

TEST_F(Exchange, sends_no_body_for_head) {
  serve(echo);
  RawClient client = connect();
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + plain_get("/b"));
  const auto head = client.read_head_answer();
  EXPECT_TRUE(head->head.contains("Content-Length: 8\r\n")) << head->head;
  EXPECT_EQ(client.read_answer()->body, "GET /b ");
}

TEST_F(Exchange, closes_after_http_1_0) {
  serve(echo);
  RawClient client = connect();
  client.send("GET /a HTTP/1.0\r\n\r\n");
  const auto answer = client.read_answer();
  EXPECT_TRUE(answer->head.contains("Connection: close\r\n"));
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(Exchange, stays_open_for_a_http_1_0_client_that_asks) {
  serve(echo);
  RawClient client = connect();
  const std::string request = "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  client.send(request);
  EXPECT_TRUE(client.read_answer()->head.contains("Connection: keep-alive\r\n"));
  client.send(request);
  EXPECT_EQ(client.read_answer()->status, 200);
}

TEST_F(Exchange, closes_when_the_client_asks_and_ignores_what_follows) {
  serve(echo);
  RawClient client = connect();
  client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + plain_get("/b"));
  EXPECT_EQ(client.read_answer()->body, "GET /a ");
  EXPECT_TRUE(client.is_at_end());
  EXPECT_EQ(server_->counts().requests_total, 1u);
}

TEST_F(Exchange, takes_over_a_sane_request_id_and_replaces_others) {
  serve(echo);
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: build-7\r\n\r\n");
  EXPECT_TRUE(client.read_answer()->head.contains("X-Request-Id: build-7\r\n"));
  client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: a b\r\n\r\n");
  const auto answer = client.read_answer();
  EXPECT_TRUE(answer->head.contains("X-Request-Id: "));
  EXPECT_FALSE(answer->head.contains("X-Request-Id: a b"));
}

TEST_F(Exchange, tells_the_handler_who_asks) {
  serve(held_.handler());
  RawClient client = connect();
  auto held = ask(client);
  EXPECT_EQ(held.request.remote_address, "127.0.0.1");
  EXPECT_FALSE(held.request.id.empty());
  held.responder.send(Response{});
}

TEST_F(Exchange, answers_500_when_the_handler_forgets_or_throws) {
  serve([](Request&& request, const Responder&) {
    if (request.target == "/throw") throw std::runtime_error("secret");
  });
  RawClient client = connect();
  for (const char* target : {"/forget", "/throw"}) {
    client.send(plain_get(target));
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 500);
    EXPECT_TRUE(answer->body.contains(R"("code":"internal")"));
    EXPECT_FALSE(answer->body.contains("secret"));
  }
}

TEST_F(Exchange, forgives_an_empty_line_between_requests) {
  serve(echo);
  RawClient client = connect();
  client.send(plain_post("/a", "x") + "\r\n" + plain_get("/b"));
  EXPECT_EQ(client.read_answer()->body, "POST /a x");
  EXPECT_EQ(client.read_answer()->body, "GET /b ");
}

TEST_F(Exchange, answers_a_client_that_has_closed_its_side) {
  serve(held_.handler());
  RawClient client = connect();
  client.send(plain_get("/a"));
  client.end_output();
  auto requests = held_.take(1);
  requests[0].responder.send(Response{.body = "late"});
  EXPECT_EQ(client.read_answer()->body, "late");
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(Exchange, carries_large_answers_to_a_client_that_reads_late) {
  const std::string large(8 << 20, 'x');
  serve([large](Request&&, Responder responder) { responder.send(Response{.body = large}); });
  RawClient client = connect();
  client.send(plain_get("/a") + plain_get("/b"));
  EXPECT_EQ(client.read_answer()->body.size(), large.size());
  EXPECT_EQ(client.read_answer()->body.size(), large.size());
}

}  // namespace
}  // namespace carillon::http
