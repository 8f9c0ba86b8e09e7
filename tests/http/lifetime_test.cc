// Ports, clients that vanish, and the end of a server.
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "server_fixture.h"

namespace carillon::http {
namespace {

using Lifetime = ServerTest;

TEST_F(Lifetime, a_taken_port_is_reported_with_its_holder_and_a_way_out) {
  serve(echo);
  const auto second =
      Server::listen({.listen = fmt::format("127.0.0.1:{}", server_->port()), .threads = 2});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(second.error().message.contains(fmt::format("Port {} ", server_->port())));
  EXPECT_TRUE(second.error().message.contains(fmt::format("(process {})", getpid())))
      << second.error().message;
  EXPECT_TRUE(second.error().hint.contains("--listen 127.0.0.1:")) << second.error().hint;
}

TEST_F(Lifetime, a_port_is_free_again_after_the_server) {
  serve(echo);
  RawClient client = connect();
  client.send(plain_get("/"));
  EXPECT_EQ(client.read_answer()->status, 200);
  const std::uint16_t port = server_->port();
  server_.reset();
  EXPECT_TRUE(Server::listen({.listen = fmt::format(":{}", port)}).has_value());
}

TEST_F(Lifetime, clients_may_come_before_the_server_serves) {
  auto server = Server::listen({.listen = ":0"});
  ASSERT_TRUE(server.has_value());
  RawClient client((*server)->port());
  client.send(plain_get("/"));
  (*server)->serve(echo);
  EXPECT_EQ(client.read_answer()->status, 200);
}

TEST_F(Lifetime, a_server_that_never_served_ends) {
  auto server = Server::listen({.listen = ":0"});
  ASSERT_TRUE(server.has_value());
  EXPECT_NE((*server)->port(), 0);
}

TEST_F(Lifetime, an_ipv6_address_works_where_the_machine_has_it) {
  auto server = Server::listen({.listen = "[::1]:0"});
  if (!server) GTEST_SKIP() << server.error().message;
  EXPECT_EQ((*server)->address(), fmt::format("[::1]:{}", (*server)->port()));
}

TEST_F(Lifetime, a_request_whose_client_vanished_midway_is_not_executed) {
  serve(echo);
  for (const char* half :
       {"GET / HTT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"}) {
    RawClient closed = connect();
    closed.send(half);
    RawClient reset = connect();
    reset.send(half);
    ASSERT_TRUE(eventually([&] { return server_->counts().connections_open == 2; }));
    closed.close();
    reset.reset();
    EXPECT_TRUE(eventually([&] { return server_->counts().connections_open == 0; }));
  }
  EXPECT_EQ(server_->counts().requests_total, 0u);
}

TEST_F(Lifetime, an_answer_to_a_client_that_vanished_is_dropped) {
  serve(held_.handler());
  RawClient client = connect();
  auto held = ask(client);
  client.reset();
  ASSERT_TRUE(eventually([&] { return server_->counts().connections_open == 0; }));
  held.responder.send(Response{.body = "too late"});
}

TEST_F(Lifetime, a_client_that_vanishes_midway_through_its_answer_harms_nobody) {
  const std::string large(16 << 20, 'x');
  serve([large](Request&&, Responder responder) { responder.send(Response{.body = large}); });
  RawClient client = connect();
  client.send(plain_get("/"));
  EXPECT_FALSE(client.read_some().empty());
  client.reset();
  EXPECT_TRUE(eventually([&] { return server_->counts().connections_open == 0; }));
  RawClient next = connect();
  next.send(plain_get("/"));
  EXPECT_EQ(next.read_answer()->body.size(), large.size());
}

// Every thread of a server closes its port as it begins to stop, before it looks at what comes.
bool eventually_stops(const Server& server) {
  return eventually([&] { return !RawClient(server.port()).is_connected(); });
}

TEST_F(Lifetime, stop_lets_requests_in_flight_finish) {
  serve(held_.handler());
  RawClient busy = connect();
  busy.send(plain_get("/"));
  RawClient idle = connect();
  auto requests = held_.take(1);
  ASSERT_TRUE(eventually([&] { return server_->counts().connections_open == 2; }));

  std::thread stopper([&] { server_->stop(Duration::seconds(20)); });
  EXPECT_TRUE(idle.is_at_end());
  EXPECT_TRUE(eventually_stops(*server_));
  requests[0].responder.send(Response{.body = "finished"});
  const auto answer = busy.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "finished");
  EXPECT_TRUE(answer->head.contains("Connection: close\r\n"));
  EXPECT_TRUE(busy.is_at_end());
  busy.close();
  stopper.join();
}

TEST_F(Lifetime, stop_lets_a_request_that_is_half_here_finish) {
  serve(echo);
  RawClient half = connect();
  half.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_EQ(half.read_head_answer()->status, 100);
  RawClient idle = connect();
  ASSERT_TRUE(eventually([&] { return server_->counts().connections_open == 2; }));
  std::thread stopper([&] { server_->stop(Duration::seconds(20)); });
  EXPECT_TRUE(idle.is_at_end());
  EXPECT_TRUE(eventually_stops(*server_));
  half.send("body");
  const auto answer = half.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "POST /a body");
  EXPECT_TRUE(answer->head.contains("Connection: close\r\n"));
  half.close();
  stopper.join();
}

TEST_F(Lifetime, stop_waits_no_longer_than_its_deadline) {
  serve(held_.handler());
  RawClient client = connect();
  auto held = ask(client);
  server_->stop(Duration::milliseconds(50));
  EXPECT_TRUE(client.is_at_end());
  held.responder.send(Response{});  // Nobody is there; nothing happens.
}

TEST_F(Lifetime, a_responder_may_outlive_its_server) {
  serve(held_.handler());
  RawClient client = connect();
  auto held = ask(client);
  server_.reset();
  held.responder.send(Response{});
}

TEST_F(Lifetime, work_for_a_server_that_has_ended_is_destroyed_undone) {
  serve(held_.handler());
  RawClient client = connect();
  auto held = ask(client);
  server_.reset();
  bool done = false;
  const auto token = std::make_shared<int>();
  held.responder.home()->post([&done, token] { done = true; });
  EXPECT_FALSE(done);
  EXPECT_EQ(token.use_count(), 1);
}

TEST_F(Lifetime, stopping_twice_is_harmless) {
  serve(echo);
  server_->stop(Duration());
  server_->stop(Duration());
}

}  // namespace
}  // namespace carillon::http
