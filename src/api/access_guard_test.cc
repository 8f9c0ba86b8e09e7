#include "api/access_guard.h"

#include <gtest/gtest.h>

namespace carillon::api {
namespace {

using http::Method;

AccessOptions with_tokens() {
  AccessOptions options;
  options.tokens = {{.name = "ops", .role = Role::admin, .secret = "s3cret"},
                    {.name = "eyes", .role = Role::read, .secret = "look"}};
  options.hash_key.fill(7);
  return options;
}

http::Request request(Method method, std::vector<std::pair<std::string, std::string>> headers) {
  http::Request request{.method = method, .remote_address = "192.0.2.1"};
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  return request;
}

// The word of the refusal; empty when the caller is let in.
std::string_view refusal(const AccessGuard& guard, const http::Request& request,
                         Access access = Access::token) {
  const auto admitted = guard.admit(request, access);
  return admitted ? "" : error_info(admitted.error().code).word;
}

TEST(AccessGuard, lets_a_known_token_in_and_knows_its_name) {
  const AccessGuard guard(with_tokens());
  const auto admitted =
      guard.admit(request(Method::post, {{"Authorization", "bearer  s3cret"}}), Access::token);
  ASSERT_TRUE(admitted);
  EXPECT_EQ(admitted->name, "ops");
}

TEST(AccessGuard, refuses_what_is_no_token_of_ours) {
  const AccessGuard guard(with_tokens());
  EXPECT_EQ(refusal(guard, request(Method::get, {})), "unauthorized");
  for (const char* header :
       {"Bearer s3cre", "Bearer s3cret2", "Bearer ", "Basic s3cret", "s3cret"}) {
    EXPECT_EQ(refusal(guard, request(Method::get, {{"Authorization", header}})), "unauthorized")
        << header;
  }
}

TEST(AccessGuard, lets_a_read_only_token_only_read) {
  const AccessGuard guard(with_tokens());
  const std::pair<std::string, std::string> token{"Authorization", "Bearer look"};
  EXPECT_EQ(refusal(guard, request(Method::get, {token})), "");
  EXPECT_EQ(refusal(guard, request(Method::head, {token})), "");
  for (const Method method : {Method::post, Method::put, Method::patch, Method::delete_}) {
    EXPECT_EQ(refusal(guard, request(method, {token})), "forbidden");
  }
}

TEST(AccessGuard, needs_no_token_for_health_from_this_machine) {
  const AccessGuard guard(with_tokens());
  http::Request probe = request(Method::get, {});
  EXPECT_EQ(refusal(guard, probe, Access::token_unless_local), "unauthorized");
  probe.remote_address = "127.0.0.1";
  EXPECT_EQ(refusal(guard, probe, Access::token_unless_local), "");
  EXPECT_EQ(refusal(guard, probe, Access::token), "unauthorized");
  EXPECT_EQ(refusal(guard, request(Method::get, {}), Access::open), "");
}

TEST(AccessGuard, refuses_a_host_that_is_not_this_machine) {
  const AccessGuard guard(AccessOptions{});
  for (const char* host :
       {"localhost", "LOCALHOST:8080", "127.0.0.1:8080", "127.1.2.3", "[::1]:80"}) {
    EXPECT_EQ(refusal(guard, request(Method::get, {{"Host", host}})), "") << host;
  }
  for (const char* host : {"evil.example", "evil.example:8080", "localhost.evil.example",
                           "127.0.0.1.evil.example", "192.0.2.1:8080", "[::2]:8080"}) {
    EXPECT_EQ(refusal(guard, request(Method::get, {{"Host", host}})), "forbidden") << host;
  }
}

TEST(AccessGuard, takes_any_host_when_it_listens_everywhere_or_has_tokens) {
  const AccessGuard everywhere(AccessOptions{.listens = ListenScope::anywhere});
  EXPECT_EQ(refusal(everywhere, request(Method::get, {{"Host", "carillon.example"}})), "");
  const AccessGuard guarded(with_tokens());
  EXPECT_EQ(refusal(guarded, request(Method::get, {{"Host", "carillon.example"},
                                                   {"Authorization", "Bearer look"}})),
            "");
}

TEST(AccessGuard, refuses_changes_that_a_foreign_page_asks_for) {
  const AccessGuard guard(AccessOptions{});
  const auto from = [&](Method method, std::string origin) {
    return refusal(guard,
                   request(method, {{"Host", "localhost:8080"}, {"Origin", std::move(origin)}}));
  };
  EXPECT_EQ(from(Method::post, "http://localhost:8080"), "");
  EXPECT_EQ(from(Method::post, "http://localhost:9090"), "forbidden");
  EXPECT_EQ(from(Method::delete_, "https://evil.example"), "forbidden");
  EXPECT_EQ(from(Method::post, "null"), "forbidden");
  EXPECT_EQ(from(Method::get, "https://evil.example"), "");
}

TEST(LoopbackAddress, is_told_from_others) {
  EXPECT_TRUE(is_loopback_address("127.0.0.1"));
  EXPECT_TRUE(is_loopback_address("::1"));
  EXPECT_TRUE(is_loopback_address("::ffff:127.0.0.1"));
  EXPECT_FALSE(is_loopback_address("192.0.2.1"));
  EXPECT_FALSE(is_loopback_address("::ffff:192.0.2.1"));
  EXPECT_FALSE(is_loopback_address(""));
}

}  // namespace
}  // namespace carillon::api
