// Integration: the libcurl adapter against a small server on a loopback socket.
#include "cli/rest/http_client.h"

#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/rest/url.h"

namespace carillon::cli {
namespace {

// Answers one connection per given answer and keeps what it was sent.
class LoopbackServer {
 public:
  explicit LoopbackServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, generic, size), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    EXPECT_EQ(::getsockname(listener_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~LoopbackServer() {
    finish();
    ::close(listener_);
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  // Waits until all answers are given and returns the requests.
  const std::vector<std::string>& finish() {
    ::shutdown(listener_, SHUT_RDWR);  // Wakes an accept that nobody will answer.
    if (thread_.joinable()) thread_.join();
    return requests_;
  }

 private:
  void serve() {
    for (const std::string& answer : answers_) {
      const int peer = ::accept(listener_, nullptr, nullptr);
      if (peer < 0) return;
      requests_.push_back(read_request(peer));
      ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
      ::shutdown(peer, SHUT_WR);
      char rest = 0;
      while (::recv(peer, &rest, 1, 0) > 0) {
      }
      ::close(peer);
    }
  }

  // The header and as many body bytes as it announces.
  static std::string read_request(int peer) {
    std::string text;
    char chunk[4096];
    while (true) {
      const std::size_t end = text.find("\r\n\r\n");
      const std::size_t mark = text.find("Content-Length: ");
      if (end != std::string::npos) {
        const std::size_t body =
            mark < end ? std::strtoul(text.c_str() + mark + 16, nullptr, 10) : 0;
        if (text.size() >= end + 4 + body) return text;
      }
      const ssize_t got = ::recv(peer, chunk, sizeof(chunk), 0);
      if (got <= 0) return text;
      text.append(chunk, static_cast<std::size_t>(got));
    }
  }

  std::vector<std::string> answers_;
  std::vector<std::string> requests_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

TEST(HttpClient, sends_method_body_and_headers_and_returns_status_body_and_etag) {
  LoopbackServer server(
      {"HTTP/1.1 201 Created\r\nETag: \"4\"\r\nCarillon-Run: T.7\r\nContent-Length: 8\r\n"
       "Connection: close\r\n\r\n{\"id\":1}"});
  HttpClient client({.server = server.url(), .token = "secret"});
  const auto answer = client.send({.method = Method::patch,
                                   .path = "/api/v1/tasks/a%20b",
                                   .body = R"({"x":1})",
                                   .headers = {{"If-Match", "\"3\""}}});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, R"({"id":1})");
  EXPECT_EQ(answer->etag, "\"4\"");
  EXPECT_EQ(answer->run, "T.7");
  const std::string request = server.finish().at(0);
  EXPECT_TRUE(request.starts_with("PATCH /api/v1/tasks/a%20b HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("\r\nAuthorization: Bearer secret\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nIf-Match: \"3\"\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_TRUE(request.ends_with("\r\n\r\n{\"x\":1}")) << request;
}

TEST(HttpClient, announces_the_length_of_an_empty_post_and_sends_no_body_with_delete) {
  const std::string done = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
  LoopbackServer server({done, done});
  HttpClient client({.server = server.url()});
  ASSERT_TRUE(client.send({.method = Method::post, .path = "/x"}));
  ASSERT_TRUE(client.send({.method = Method::delete_, .path = "/x"}));
  const auto& requests = server.finish();
  EXPECT_NE(requests.at(0).find("Content-Length: 0\r\n"), std::string::npos) << requests.at(0);
  EXPECT_TRUE(requests.at(1).starts_with("DELETE /x HTTP/1.1\r\n")) << requests.at(1);
  EXPECT_EQ(requests.at(1).find("Content-Length"), std::string::npos);
}

TEST(HttpClient, streams_events_until_the_handler_has_seen_enough) {
  LoopbackServer server(
      {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
       "Connection: close\r\n\r\nid: 1\ndata: a\n\nid: 2\ndata: b\n\n"});
  HttpClient client({.server = server.url()});
  std::vector<std::string> seen;
  const auto end = client.stream(
      {.path = "/events"}, {.opened =
                                [&] {
                                  seen.emplace_back("open");
                                  return StreamStep::go_on;
                                },
                            .event =
                                [&](const SseEvent& event) {
                                  seen.push_back(event.data);
                                  return event.data == "b" ? StreamStep::stop : StreamStep::go_on;
                                }});
  EXPECT_EQ(end, StreamEnd::stopped);
  EXPECT_EQ(seen, (std::vector<std::string>{"open", "a", "b"}));
}

TEST(HttpClient, gives_the_problem_of_a_stream_that_is_refused) {
  LoopbackServer server(
      {"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n"
       R"({"code":"unauthorized","detail":"Who are you?"})"});
  HttpClient client({.server = server.url()});
  const auto end =
      client.stream({.path = "/events"},
                    {.opened = {}, .event = [](const SseEvent&) { return StreamStep::go_on; }});
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().exit, ExitCode::auth);
  EXPECT_EQ(end.error().message, "Who are you?");
}

TEST(HttpClient, tells_a_stream_that_ended_from_one_that_never_was) {
  std::string url;
  {
    LoopbackServer server({"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndata: a\n\n"});
    url = server.url();
    HttpClient client({.server = url});
    const auto end = client.stream(
        {.path = "/"}, {.opened = {}, .event = [](const SseEvent&) { return StreamStep::go_on; }});
    EXPECT_EQ(end, StreamEnd::closed_by_server);
  }
  HttpClient client({.server = url});  // Nobody listens there any more.
  const auto answer = client.send({.path = "/"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().exit, ExitCode::unreachable);
  EXPECT_EQ(answer.error().message, "No carillon answers at " + url + ".");
  EXPECT_NE(answer.error().hint.find("carillon dev"), std::string::npos);
}

TEST(HttpClient, ends_when_interrupted) {
  LoopbackServer server({});  // Accepts no connection, so an answer never comes.
  HttpClient client({.server = server.url(), .interrupted = [] { return true; }});
  const auto answer = client.send({.path = "/"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().exit, ExitCode::interrupted);
}

TEST(HttpClient, refuses_a_token_that_would_become_two_headers) {
  HttpClient client({.server = "http://127.0.0.1:1", .token = "a\r\nX-Evil: 1"});
  const auto answer = client.send({.path = "/"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().exit, ExitCode::usage);
}

TEST(Target, encodes_its_query) {
  EXPECT_EQ(Target("/t").with("filter", R"(name~"a b")").with("empty", "").with("x", "1").text(),
            "/t?filter=name~%22a%20b%22&x=1");
}

}  // namespace
}  // namespace carillon::cli
