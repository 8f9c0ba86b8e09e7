#include "executors/types/notification.h"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "executors/net/webhook_signature.h"
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

constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

void allow_loopback(ExecutorOptions& options) { options.network.allow = {"127.0.0.0/8"}; }

std::string header(const std::string& request, std::string_view name) {
  const std::string head = fmt::format("\r\n{}: ", name);
  const std::size_t begin = request.find(head);
  if (begin == std::string::npos) return {};
  return request.substr(begin + head.size(), request.find("\r\n", begin + 2) - begin - head.size());
}

TEST(Notification, writes_one_line_naming_task_and_run_with_only_its_type) {
  TypeHarness harness;
  EXPECT_EQ(completed(harness.run(R"({"type": "notification"})")).at("channel").as_string(), "log");
  EXPECT_EQ(harness.logs.text(LogStream::note),
            "Task probe says hello from run 018f0000-0000-7000-8000-000000000001.4.\n");
}

TEST(Notification, signs_a_webhook_by_the_standard) {
  LoopbackServer server([](const std::string&) { return http_answer("200 OK", ""); });
  TypeHarness harness(allow_loopback);
  completed(harness.run(fmt::format(
      R"({{"type": "notification", "channel": "webhook", "url": "{}", "secret": "{}",
          "message": "<{{{{task.name}}}}>"}})",
      server.url(), kSecret)));
  const std::string request = server.requests().at(0);
  const std::string body = request.substr(request.find("\r\n\r\n") + 4);
  const std::string id = header(request, "webhook-id");
  const auto at = Instant::from_unix_ms(std::stoll(header(request, "webhook-timestamp")) * 1000);
  EXPECT_EQ(id, "msg_018f0000-0000-7000-8000-000000000001.4");
  EXPECT_EQ(header(request, "webhook-signature"),
            webhook_signature(*webhook_key(kSecret), id, at, body));
  EXPECT_EQ(boost::json::parse(body).at("data").at("message").as_string(), "<probe>");
}

TEST(Notification, fails_when_the_receiver_fails) {
  LoopbackServer server([](const std::string&) { return http_answer("410 Gone", ""); });
  const Failed failure = failed(
      TypeHarness(allow_loopback)
          .run(fmt::format(R"({{"type": "notification", "channel": "webhook", "url": "{}"}})",
                           server.url())));
  EXPECT_EQ(failure.code, "http-410");
  EXPECT_EQ(failure.repeat, Repeat::useless);
}

TEST(Notification, sends_no_webhook_to_private_addresses) {
  LoopbackServer server([](const std::string&) { return http_answer("200 OK", ""); });
  EXPECT_EQ(
      failed(
          TypeHarness().run(fmt::format(
              R"({{"type": "notification", "channel": "webhook", "url": "http://localhost:{}/"}})",
              server.port())))
          .code,
      "address-refused");
  EXPECT_TRUE(server.requests().empty());
}

TEST(Notification, sends_a_mail) {
  LoopbackServer server({}, LoopbackServer::Speaks::smtp);
  TypeHarness harness([&](ExecutorOptions& options) {
    options.smtp.url = fmt::format("smtp://127.0.0.1:{}", server.port());
    options.smtp.from = "carillon@example.com";
  });
  const auto result = completed(harness.run(
      R"({"type": "notification", "channel": "email", "message": "hi",
          "to": ["a@example.com", "b@example.com"]})"));
  EXPECT_EQ(result.at("receivers").as_uint64(), 2U);
  const std::string mail = server.requests().at(0);
  EXPECT_THAT(mail, HasSubstr("MAIL FROM:<carillon@example.com>"));
  EXPECT_THAT(mail, HasSubstr("RCPT TO:<b@example.com>"));
  EXPECT_THAT(mail, HasSubstr("Subject: carillon: probe\n"));
  EXPECT_THAT(mail, HasSubstr("\n\naGk=\n"));
}

TEST(Notification, says_that_no_mail_server_is_configured) {
  const Failed failure = failed(
      TypeHarness().run(R"({"type": "notification", "channel": "email", "to": "a@example.com"})"));
  EXPECT_EQ(failure.code, "unavailable");
}

TEST(Notification, says_what_a_channel_needs) {
  const TypeHarness harness;
  const auto code = [&](std::string_view parameters) {
    const auto checked = harness.validate(parameters);
    return checked ? ErrorCode::internal : checked.error().code;
  };
  EXPECT_EQ(code(R"({"type": "notification", "channel": "webhook"})"), ErrorCode::missing_field);
  EXPECT_EQ(code(R"({"type": "notification", "channel": "email"})"), ErrorCode::missing_field);
  EXPECT_EQ(code(R"({"type": "notification", "channel": "kafka"})"), ErrorCode::not_yet);
  EXPECT_EQ(code(R"({"type": "notification", "channel": "email", "to": "nobody"})"),
            ErrorCode::invalid_value);
  EXPECT_EQ(code(R"({"type": "notification", "channel": "webhook", "url": "http://10.0.0.1/"})"),
            ErrorCode::forbidden);
}

TEST(Notification, ends_when_it_is_stopped) {
  LoopbackServer server([](const std::string&) { return std::string{}; });
  TypeHarness harness(allow_loopback);
  const auto ending = harness.run_and(
      fmt::format(R"({{"type": "notification", "channel": "webhook", "url": "{}"}})", server.url()),
      [&] {
        EXPECT_TRUE(testing::eventually([&] { return server.requests().size() == 1; }));
        harness.stop->ask({.reason = "enough"});
      });
  EXPECT_TRUE(testing::is_cancelled(ending));
}

}  // namespace
}  // namespace carillon
