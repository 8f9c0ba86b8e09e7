// Requests as they come over the wire: what the handlers answer reaches the client as it should.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/api.h"
#include "api/http/server.h"
#include "api/testing/fake_gateway.h"
#include "raw_client.h"

namespace carillon::api {
namespace {

using http::RawClient;
using ::testing::HasSubstr;
using testing::kTaskText;

class StillClock final : public Clock {
 public:
  [[nodiscard]] Instant wall() const override { return {}; }
  [[nodiscard]] std::int64_t monotonic_ns() const override { return 0; }
};

class SilentObserver final : public RequestObserver {
 public:
  void on_answered(const RequestReport& /*report*/) override {}
};

class ApiServer : public ::testing::Test {
 protected:
  ApiServer() {
    auto listening = http::Server::listen({.listen = "127.0.0.1:0"});
    server_ = *std::move(listening);
    server_->serve([this](http::Request&& request, http::Responder responder) {
      api_.handle(std::move(request), std::move(responder));
    });
  }
  ~ApiServer() override { server_->stop(Duration::seconds(1)); }

  RawClient connect() { return RawClient(server_->port()); }

  testing::FakeGateway gateway_;
  StillClock clock_;
  SilentObserver observer_;
  Api api_{{.heartbeat = Duration::milliseconds(50)},
           {.gateway = gateway_, .clock = clock_, .observer = observer_}};
  std::unique_ptr<http::Server> server_;
};

std::string request(std::string_view line, std::string_view fields = "",
                    std::string_view body = "") {
  return fmt::format("{} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n{}\r\n{}", line,
                     body.size(), fields, body);
}

TEST_F(ApiServer, answers_pipelined_requests_in_their_order_though_some_wait_for_readers) {
  RawClient client = connect();
  const std::string task = fmt::format("GET /api/tasks/{}", kTaskText);
  client.send(request("GET /api/v1/tasks") + request(task) +
              request("POST /api/tasks", "Content-Type: application/json\r\n", R"({"name":"a"})") +
              request("GET /api/v1/runs") + request("GET /nowhere"));
  const int expected[] = {200, 200, 201, 200, 404};
  for (const int status : expected) {
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, status) << answer->body;
  }
}

TEST_F(ApiServer, sends_no_body_with_304_and_head) {
  RawClient client = connect();
  const std::string path = fmt::format("/api/tasks/{}", kTaskText);
  client.send(request("GET " + path, "If-None-Match: \"7\"\r\n") + request("HEAD " + path) +
              request("GET " + path));
  const auto unchanged = client.read_head_answer();
  ASSERT_TRUE(unchanged);
  EXPECT_EQ(unchanged->status, 304);
  EXPECT_THAT(unchanged->head, HasSubstr("ETag: \"7\""));
  const auto head = client.read_head_answer();
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  const auto whole = client.read_answer();
  ASSERT_TRUE(whole);
  EXPECT_THAT(whole->body, HasSubstr(kTaskText));
}

// Everything that the client reads until the text has come.
std::string read_until(RawClient& client, std::string_view text) {
  std::string all;
  while (all.find(text) == std::string::npos) {
    const std::string more = client.read_some();
    if (more.empty()) return all;
    all += more;
  }
  return all;
}

TEST_F(ApiServer, streams_events_as_they_happen_and_signs_of_life_between) {
  RawClient client = connect();
  client.send(request("GET /api/v1/events/stream"));
  const std::string head = read_until(client, "\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("200 OK"));
  EXPECT_THAT(head, HasSubstr("text/event-stream"));
  gateway_.emit(testing::task_fact(9));
  EXPECT_THAT(read_until(client, "\"version\":9"), HasSubstr("id: 2\n"));
  EXPECT_THAT(read_until(client, ":\n\n"), HasSubstr(":\n\n"));
}

TEST_F(ApiServer, streams_a_long_history_to_the_end) {
  TaskFact fact = testing::task_fact(1);
  fact.detail = std::string(8 * 1024, 'x');
  for (int i = 0; i < 600; ++i) gateway_.emit(fact);  // Five times what a stream may hold.
  RawClient client = connect();
  client.send(request("GET /api/v1/events/stream?after=0"));
  EXPECT_THAT(read_until(client, "id: 1200\n"), HasSubstr("id: 600\n"));
}

TEST_F(ApiServer, refuses_a_host_that_is_not_this_machine) {
  RawClient client = connect();
  client.send("GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 403);
}

}  // namespace
}  // namespace carillon::api
