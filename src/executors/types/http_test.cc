#include "executors/types/http.h"

#include <cstdlib>
#include <future>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "executors/testing/loopback_server.h"
#include "executors/testing/type_harness.h"

namespace carillon {
namespace {

using testing::completed;
using testing::failed;
using ::testing::HasSubstr;
using testing::http_answer;
using testing::LoopbackServer;
using testing::TypeHarness;

void allow_loopback(ExecutorOptions& options) { options.network.allow = {"127.0.0.0/8", "::1"}; }

std::string get(const std::string& url, std::string_view more = {}) {
  return fmt::format(R"({{"type": "http", "url": "{}"{}}})", url, more);
}

TEST(Http, needs_a_url) {
  const auto checked = TypeHarness().validate(R"({"type": "http"})");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::missing_field);
  EXPECT_EQ(checked.error().pointer, "/parameters/url");
}

TEST(Http, gives_status_headers_and_json_body) {
  LoopbackServer server([](const std::string&) {
    return http_answer(
        "200 OK", R"({"n": 5})",
        "Content-Type: application/json; charset=utf-8\r\nSet-Cookie: a=b\r\nETag: x\r\n");
  });
  const auto result = completed(TypeHarness(allow_loopback).run(get(server.url("/a"))));
  EXPECT_EQ(result.at("status").as_int64(), 200);
  EXPECT_EQ(result.at("body").at("n").as_int64(), 5);
  EXPECT_EQ(result.at("headers").at("etag").as_string(), "x");
  EXPECT_FALSE(result.at("headers").as_object().contains("set-cookie"));
}

TEST(Http, tells_the_server_who_calls) {
  LoopbackServer server([](const std::string&) { return http_answer("204 No Content", ""); });
  TypeHarness harness(allow_loopback);
  harness.dispatched.attempt.number = 3;
  completed(harness.run(get(server.url(), R"(, "method": "POST", "body": {"a": "{{attempt}}"},
      "headers": {"X-Own": "{{task.name}}"})")));
  const std::string request = server.requests().at(0);
  const std::string run = to_text(harness.dispatched.attempt.run);
  EXPECT_THAT(request, HasSubstr("POST / HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr(fmt::format("Idempotency-Key: {}\r\n", run)));
  EXPECT_THAT(request, HasSubstr(fmt::format("X-Carillon-Run: {}\r\n", run)));
  EXPECT_THAT(request, HasSubstr("X-Carillon-Attempt: 3\r\n"));
  EXPECT_THAT(request, HasSubstr("X-Own: probe\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\n\r\n{\"a\":\"3\"}"));
}

TEST(Http, fails_for_good_on_a_client_error_and_repeats_a_server_error) {
  LoopbackServer missing(
      [](const std::string&) { return http_answer("404 Not Found", "no such page"); });
  LoopbackServer broken([](const std::string&) { return http_answer("503 Busy", ""); });
  TypeHarness harness(allow_loopback);
  const Failed gone = failed(harness.run(get(missing.url())));
  EXPECT_EQ(gone.code, "http-404");
  EXPECT_EQ(gone.repeat, Repeat::useless);
  EXPECT_THAT(gone.message, HasSubstr("no such page"));
  EXPECT_EQ(failed(harness.run(get(broken.url()))).repeat, Repeat::may_help);
  completed(harness.run(get(missing.url(), R"(, "expectedStatus": 404)")));
}

TEST(Http, refuses_loopback_by_default) {
  LoopbackServer server([](const std::string&) { return http_answer("200 OK", "secret"); });
  TypeHarness harness;
  EXPECT_FALSE(harness.validate(get(server.url())));
  EXPECT_EQ(failed(harness.run(get(server.url()))).repeat, Repeat::useless);
  EXPECT_TRUE(server.requests().empty());
}

// A name says nothing until it is resolved, so the refusal must come from the socket.
TEST(Http, refuses_a_name_that_resolves_to_loopback) {
  LoopbackServer server([](const std::string&) { return http_answer("200 OK", "secret"); });
  TypeHarness harness;
  const std::string url = fmt::format("http://localhost:{}/", server.port());
  EXPECT_TRUE(harness.validate(get(url)));
  const Failed failure = failed(harness.run(get(url)));
  EXPECT_EQ(failure.code, "address-refused");
  EXPECT_EQ(failure.repeat, Repeat::useless);
  EXPECT_THAT(failure.message, HasSubstr("loopback"));
  EXPECT_TRUE(server.requests().empty());
}

// A kept connection opens no socket, so nothing would be judged when a task used one of those that
// the operator's own webhook has left.
TEST(Http, goes_over_no_connection_that_was_not_judged) {
  LoopbackServer server([](const std::string&) {
    return std::string("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
  });
  const std::string url = fmt::format("http://localhost:{}/", server.port());
  TransferEngine engine{AddressGuard()};
  const auto send = [&](Trust trust) {
    std::promise<TransferResult> end;
    engine.submit({.url = url, .trust = trust},
                  [&](TransferResult result) { end.set_value(std::move(result)); });
    return end.get_future().get();
  };
  EXPECT_TRUE(send(Trust::configuration));
  const TransferResult result = send(Trust::task);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, TransferFault::refused);
  EXPECT_EQ(server.requests().size(), 1U);
}

// Only the first server's name is allowed; the redirect goes to the same address under another one.
TEST(Http, judges_each_redirect_anew) {
  LoopbackServer secret([](const std::string&) { return http_answer("200 OK", "secret"); });
  LoopbackServer server([&](const std::string&) {
    return http_answer("302 Found", "", fmt::format("Location: {}\r\n", secret.url()));
  });
  TypeHarness harness([](ExecutorOptions& options) { options.network.allow = {"localhost"}; });
  const std::string url = fmt::format("http://localhost:{}/", server.port());
  EXPECT_EQ(failed(harness.run(get(url))).code, "address-refused");
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_TRUE(secret.requests().empty());
}

TEST(Http, does_not_follow_a_redirect_to_another_scheme) {
  LoopbackServer server([](const std::string&) {
    return http_answer("302 Found", "", "Location: file:///etc/passwd\r\n");
  });
  EXPECT_EQ(failed(TypeHarness(allow_loopback).run(get(server.url()))).repeat, Repeat::useless);
}

TEST(Http, follows_redirects_and_gives_up_on_a_loop) {
  LoopbackServer server([&](const std::string& request) {
    if (request.starts_with("GET /end")) return http_answer("200 OK", "here");
    if (request.starts_with("GET /loop"))
      return http_answer("302 Found", "", "Location: /loop\r\n");
    return http_answer("301 Moved", "", "Location: /end\r\n");
  });
  TypeHarness harness(allow_loopback);
  EXPECT_EQ(completed(harness.run(get(server.url("/"))))["body"].as_string(), "here");
  EXPECT_EQ(failed(harness.run(get(server.url("/loop")))).code, "transfer-failed");
  EXPECT_EQ(failed(harness.run(get(server.url("/"), R"(, "followRedirects": false)"))).code,
            "http-301");
}

TEST(Http, takes_no_proxy_from_the_environment) {
  LoopbackServer proxy([](const std::string&) { return http_answer("200 OK", "proxy"); });
  LoopbackServer server([](const std::string&) { return http_answer("200 OK", "direct"); });
  setenv("http_proxy", proxy.url().c_str(), 1);
  EXPECT_EQ(completed(TypeHarness(allow_loopback).run(get(server.url())))["body"].as_string(),
            "direct");
  unsetenv("http_proxy");
}

TEST(Http, reads_no_more_of_an_answer_than_its_bound) {
  LoopbackServer server(
      [](const std::string&) { return http_answer("200 OK", std::string(3 << 20, 'x')); });
  const auto result = completed(TypeHarness(allow_loopback).run(get(server.url())));
  EXPECT_EQ(result.at("body").as_string().size(), std::size_t{1} << 20);
  EXPECT_TRUE(result.at("bodyCut").as_bool());
}

TEST(Http, bounds_the_headers_of_an_answer) {
  LoopbackServer server([](const std::string&) {
    return http_answer("200 OK", "", "X-Long: " + std::string(90'000, 'x') + "\r\n");
  });
  EXPECT_EQ(failed(TypeHarness(allow_loopback).run(get(server.url()))).code, "transfer-failed");
}

TEST(Http, keeps_bytes_that_are_no_text) {
  LoopbackServer server([](const std::string&) { return http_answer("200 OK", "\xFF\xFE"); });
  const auto result = completed(TypeHarness(allow_loopback).run(get(server.url())));
  EXPECT_EQ(result.at("bodyBase64").as_string(), "//4=");
}

TEST(Http, times_out_and_may_be_repeated) {
  LoopbackServer server([](const std::string&) { return std::string{}; });
  const Failed failure =
      failed(TypeHarness(allow_loopback).run(get(server.url(), R"(, "timeoutMs": 50)")));
  EXPECT_EQ(failure.code, "request-timed-out");
  EXPECT_EQ(failure.repeat, Repeat::may_help);
}

TEST(Http, may_be_repeated_when_nobody_listens) {
  std::string url;
  {
    const LoopbackServer server([](const std::string&) { return std::string{}; });
    url = server.url();
  }
  const Failed failure = failed(TypeHarness(allow_loopback).run(get(url)));
  EXPECT_EQ(failure.code, "unreachable");
  EXPECT_EQ(failure.repeat, Repeat::may_help);
}

TEST(Http, ends_when_it_is_stopped) {
  LoopbackServer server([](const std::string&) { return std::string{}; });
  TypeHarness harness(allow_loopback);
  const auto ending = harness.run_and(get(server.url()), [&] {
    EXPECT_TRUE(testing::eventually([&] { return server.requests().size() == 1; }));
    harness.stop->ask({.reason = "enough"});
  });
  EXPECT_TRUE(testing::is_cancelled(ending));
}

// It was sent when the transfer's thread was faster than the abort.
TEST(Http, is_not_sent_when_it_was_stopped_before) {
  LoopbackServer server([](const std::string&) { return http_answer("200 OK", ""); });
  TypeHarness harness(allow_loopback);
  harness.stop->ask({.reason = "enough"});
  EXPECT_TRUE(testing::is_cancelled(harness.run(get(server.url()))));
  EXPECT_TRUE(server.requests().empty());
}

TEST(Http, refuses_headers_that_a_template_fills_with_line_ends) {
  LoopbackServer server([](const std::string&) { return http_answer("200 OK", ""); });
  TypeHarness harness(allow_loopback);
  harness.dispatched.inputs = JsonText(R"({"a": "x\r\nInjected: 1"})");
  EXPECT_EQ(failed(harness.run(get(server.url(), R"(, "headers": {"X-A": "{{inputs.a}}"})"))).code,
            "refused");
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace carillon
