#include <gtest/gtest.h>

#include "executors/net/http_answer.h"
#include "executors/net/http_exchange.h"
#include "executors/net/mail_message.h"
#include "executors/net/webhook_signature.h"

namespace carillon {
namespace {

// The example of the Standard Webhooks reference implementations.
TEST(WebhookSignature, agrees_with_the_specifications_example) {
  const auto key = webhook_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  ASSERT_TRUE(key);
  EXPECT_EQ(webhook_signature(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                              Instant::from_unix_ms(1'614'265'330'000), R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, refuses_short_and_broken_secrets_without_repeating_them) {
  EXPECT_FALSE(webhook_key("whsec_"));
  for (const std::string secret : {"whsec_!!!!", "tiny-key", "whsec_c2hvcnQ="}) {
    const auto key = webhook_key(secret);
    ASSERT_FALSE(key) << secret;
    EXPECT_EQ(key.error().message.find(secret), std::string::npos);
  }
}

TEST(MailMessage, keeps_control_characters_out_of_headers) {
  const std::string mime = to_mime({.from = "a@example.com",
                                    .to = {"b@example.com"},
                                    .subject = "x\r\nBcc: c@example.com",
                                    .body = "hi",
                                    .id = "1",
                                    .at = Instant::from_unix_ms(0)});
  EXPECT_EQ(mime.find("\r\nBcc:"), std::string::npos) << mime;
  EXPECT_TRUE(mime.starts_with("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n")) << mime;
  EXPECT_TRUE(mime.ends_with("\r\n\r\naGk=\r\n")) << mime;
}

TEST(MailMessage, refuses_addresses_that_could_carry_more_than_themselves) {
  for (const auto* address :
       {"", "a", "@b", "a@", "a b@c", "a@b>", "<a@b", "a@b\r\nx", "a@b,c@d"}) {
    EXPECT_FALSE(check_mail_address(address)) << address;
  }
  EXPECT_TRUE(check_mail_address("ops+x@example.com"));
}

TransferRequest post_with_secrets() {
  return {.method = "POST",
          .url = "https://a.example/x",
          .headers = {{"Authorization", "Bearer s"}, {"Content-Type", "text/plain"}, {"X-A", "1"}},
          .body = "data"};
}

TransferAnswer redirect(long status, std::string to) {
  return {.status = status, .redirect_url = std::move(to)};
}

TEST(NextHop, of_303_and_of_302_after_post_is_a_get_without_body) {
  for (const long status : {301L, 302L, 303L}) {
    const auto next = next_hop(post_with_secrets(), redirect(status, "https://a.example/y"));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->method, "GET");
    EXPECT_EQ(next->body, "");
    EXPECT_EQ(next->headers.size(), 2U);
  }
}

TEST(NextHop, of_307_and_308_keeps_method_and_body) {
  for (const long status : {307L, 308L}) {
    const auto next = next_hop(post_with_secrets(), redirect(status, "https://a.example:443/y"));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->method, "POST");
    EXPECT_EQ(next->body, "data");
    EXPECT_EQ(next->headers.size(), 3U);
  }
}

TEST(NextHop, to_another_origin_leaves_credentials_behind) {
  for (const auto* url : {"https://b.example/", "http://a.example/x", "https://a.example:444/"}) {
    const auto next = next_hop(post_with_secrets(), redirect(307, url));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->headers.size(), 2U) << url;
  }
}

TEST(NextHop, is_nothing_without_a_redirect) {
  EXPECT_FALSE(next_hop(post_with_secrets(), redirect(200, "https://a.example/")));
  EXPECT_FALSE(next_hop(post_with_secrets(), redirect(302, "")));
  EXPECT_FALSE(next_hop(post_with_secrets(), redirect(304, "https://a.example/")));
}

TEST(HttpAnswer, decides_which_failures_may_be_repeated) {
  const auto repeat = [](long status, StatusRules rules) {
    const auto ending = ending_of(TransferAnswer{.status = status}, rules);
    return std::get<Failed>(ending).repeat;
  };
  for (const long status : {408L, 425L, 429L, 500L, 503L, 599L}) {
    EXPECT_EQ(repeat(status, {}), Repeat::may_help) << status;
  }
  for (const long status : {301L, 400L, 401L, 404L, 409L, 422L}) {
    EXPECT_EQ(repeat(status, {}), Repeat::useless) << status;
  }
  EXPECT_EQ(repeat(409, {.retryable = {409}}), Repeat::may_help);
  EXPECT_EQ(repeat(200, {.expected = {404}}), Repeat::useless);
}

TEST(HttpAnswer, refuses_headers_that_could_split_a_request) {
  EXPECT_TRUE(check_header("X-Any", "a value\twith tab"));
  EXPECT_FALSE(check_header("X-Any", "a\r\nb: c"));
  EXPECT_FALSE(check_header("X Any", "a"));
  EXPECT_FALSE(check_header("", "a"));
  EXPECT_FALSE(check_header("X:", "a"));
  EXPECT_FALSE(check_header("Content-Length", "5"));
  EXPECT_FALSE(check_header("transfer-encoding", "chunked"));
}

}  // namespace
}  // namespace carillon
