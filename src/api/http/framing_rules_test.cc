#include "api/http/framing_rules.h"

#include <string>

#include <gtest/gtest.h>

namespace carillon::http {
namespace {

struct Hostile {
  const char* name;
  std::string header;
  std::uint16_t status = 400;
};

std::string post(const std::string& fields) {
  return "POST /a HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n\r\n";
}
std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

class HostileHeader : public testing::TestWithParam<Hostile> {};

TEST_P(HostileHeader, is_refused) {
  const std::string& header = GetParam().header;
  const HeaderSearch search = find_header_end(header, 0);
  if (const auto* broken = std::get_if<FramingViolation>(&search)) {
    EXPECT_EQ(broken->status, GetParam().status);
    return;
  }
  ASSERT_TRUE(std::holds_alternative<HeaderEnd>(search));
  const auto facts = check_header(header);
  ASSERT_FALSE(facts.has_value());
  EXPECT_EQ(facts.error().status, GetParam().status) << facts.error().detail;
}

INSTANTIATE_TEST_SUITE_P(
    , HostileHeader,
    testing::Values(
        Hostile{"length_and_encoding", post("Content-Length: 5\r\nTransfer-Encoding: chunked")},
        Hostile{"encoding_and_length", post("Transfer-Encoding: chunked\r\nContent-Length: 5")},
        Hostile{"two_lengths", post("Content-Length: 5\r\nContent-Length: 6")},
        Hostile{"the_same_length_twice", post("Content-Length: 5\r\nContent-Length: 5")},
        Hostile{"length_list", post("Content-Length: 5, 5")},
        Hostile{"signed_length", post("Content-Length: +5")},
        Hostile{"negative_length", post("Content-Length: -5")},
        Hostile{"hexadecimal_length", post("Content-Length: 0x5")},
        Hostile{"empty_length", post("Content-Length: ")},
        Hostile{"length_with_blank", post("Content-Length: 5 0")},
        Hostile{"encoding_gzip_chunked", post("Transfer-Encoding: gzip, chunked")},
        Hostile{"encoding_chunked_gzip", post("Transfer-Encoding: chunked, gzip")},
        Hostile{"encoding_twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")},
        Hostile{"encoding_identity", post("Transfer-Encoding: identity")},
        Hostile{"encoding_quoted", post("Transfer-Encoding: \"chunked\"")},
        Hostile{"encoding_vertical_tab", post("Transfer-Encoding: \vchunked")},
        Hostile{"encoding_misspelt", post("Transfer-Encoding: xchunked")},
        Hostile{"encoding_in_1_0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        Hostile{"blank_before_colon", post("Content-Length : 5")},
        Hostile{"tab_before_colon", post("Transfer-Encoding\t: chunked")},
        Hostile{"folded_line", post("X: a\r\n b")},
        Hostile{"folded_first_line", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"},
        Hostile{"bare_line_feed", "GET / HTTP/1.1\nHost: x\n\n"},
        Hostile{"bare_line_feed_in_fields", post("X: a\nContent-Length: 5")},
        Hostile{"bare_carriage_return", post("X: a\rContent-Length: 5")},
        Hostile{"carriage_return_twice", post("X: a\r")},
        Hostile{"carriage_return_in_request_line", "GET /\r HTTP/1.1\r\nHost: x\r\n\r\n"},
        Hostile{"nul_in_value", post(std::string("X: a\0b", 6))},
        Hostile{"nul_in_name", post(std::string("X\0: a", 5))},
        Hostile{"no_colon", post("Content-Length")}, Hostile{"no_name", post(": 5")},
        Hostile{"no_host", "GET / HTTP/1.1\r\n\r\n"},
        Hostile{"two_hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        Hostile{"host_list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
        Hostile{"host_with_path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        Hostile{"two_blanks", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"},
        Hostile{"blank_at_the_end", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n"},
        Hostile{"tab_in_request_line", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        Hostile{"blank_in_target", get("/a b")},
        Hostile{"version_missing", "GET /\r\nHost: x\r\n\r\n"},
        Hostile{"version_lower_case", "GET / http/1.1\r\nHost: x\r\n\r\n"},
        Hostile{"control_in_target", get("/\x01")},
        Hostile{"high_byte_in_target", get("/\xc3\xa4")},
        Hostile{"fragment_in_target", get("/a#b")}, Hostile{"braces_in_path", get("/{a}")},
        Hostile{"backslash_in_path", get("/a\\b")}, Hostile{"broken_escape", get("/%zz")},
        Hostile{"cut_escape", get("/%4")}, Hostile{"escaped_nul", get("/a%00b")},
        Hostile{"relative_target", get("a/b")},
        Hostile{"authority_target", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n"},
        Hostile{"asterisk_for_get", get("*")},
        Hostile{"absolute_without_authority", get("http:///a")},
        Hostile{"method_with_colon", "GE:T / HTTP/1.1\r\nHost: x\r\n\r\n"},
        Hostile{"tls_hello", "\x16\x03\x01\x02"},
        Hostile{"http_2_preface", "PRI * HTTP/2.0\r\n\r\n", 505},
        Hostile{"version_0_9", "GET / HTTP/0.9\r\n\r\n", 505},
        Hostile{"version_1_2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505}),
    [](const testing::TestParamInfo<Hostile>& row) { return row.param.name; });

TEST(CheckHeader, tells_what_frames_a_request) {
  const auto facts = check_header(
      "PUT /api/tasks/7?x=1 HTTP/1.1\r\nHost: x\r\ncontent-length:\t12 \r\nExpect: "
      "100-Continue\r\n\r\n");
  ASSERT_TRUE(facts.has_value()) << facts.error().detail;
  EXPECT_EQ(facts->method, "PUT");
  EXPECT_EQ(facts->target, "/api/tasks/7?x=1");
  EXPECT_EQ(facts->body, BodyFraming::length);
  EXPECT_EQ(facts->body_bytes, 12u);
  EXPECT_EQ(facts->expectation, Expectation::continue_100);
  EXPECT_EQ(facts->persistence, Persistence::keep_alive);
  EXPECT_EQ(facts->field_count, 3u);
}

TEST(CheckHeader, takes_chunked_in_any_case) {
  const auto facts = check_header(post("Transfer-Encoding: CHUNKED"));
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->body, BodyFraming::chunked);
}

TEST(CheckHeader, holds_a_length_that_overflows_at_the_maximum) {
  const auto facts = check_header(post("Content-Length: 99999999999999999999999999"));
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->body_bytes, ~std::uint64_t{0});
}

TEST(CheckHeader, takes_a_length_of_zero_as_no_body) {
  EXPECT_EQ(check_header(post("Content-Length: 000"))->body, BodyFraming::none);
}

TEST(CheckHeader, closes_after_1_0_unless_asked_to_stay) {
  EXPECT_EQ(check_header("GET / HTTP/1.0\r\n\r\n")->persistence, Persistence::close);
  EXPECT_EQ(check_header("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")->persistence,
            Persistence::keep_alive);
}

TEST(CheckHeader, lets_close_win) {
  EXPECT_EQ(check_header(post("Connection: close\r\nConnection: keep-alive"))->persistence,
            Persistence::close);
  EXPECT_EQ(check_header(post("Connection: x, close"))->persistence, Persistence::close);
}

TEST(CheckHeader, cuts_the_authority_off) {
  EXPECT_EQ(check_header(get("http://x:80/a?b"))->target, "/a?b");
  EXPECT_EQ(check_header(get("HTTPS://x"))->target, "/");
}

TEST(CheckHeader, takes_quotes_in_a_query) {
  EXPECT_TRUE(check_header(get("/t?filter=name~\"nightly\"|[a]")).has_value());
}

TEST(CheckHeader, takes_the_asterisk_of_options) {
  EXPECT_EQ(check_header("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")->target, "*");
}

TEST(FindHeaderEnd, finds_the_end_wherever_the_bytes_are_cut) {
  const std::string bytes = get("/") + "GET";
  for (std::size_t cut = 0; cut < bytes.size() - 3; ++cut) {
    ASSERT_TRUE(std::holds_alternative<HeaderIncomplete>(
        find_header_end(std::string_view(bytes).substr(0, cut), 0)))
        << cut;
    const auto search = find_header_end(bytes, cut);
    ASSERT_TRUE(std::holds_alternative<HeaderEnd>(search)) << cut;
    EXPECT_EQ(std::get<HeaderEnd>(search).bytes, bytes.size() - 3);
  }
}

}  // namespace
}  // namespace carillon::http
