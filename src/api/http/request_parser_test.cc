#include "api/http/request_parser.h"

#include <string>

#include <gtest/gtest.h>

namespace carillon::http {
namespace {

const std::string kChunkedHeader =
    "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

// Feeds the body byte by byte, as a hostile network would; the status of the refusal, or 200.
int read_chunked(const std::string& body, std::string& out) {
  RequestParser parser(64);
  const auto facts = check_header(kChunkedHeader);
  if (!parser.begin(kChunkedHeader, *facts)) return 0;
  std::string waiting;
  for (const char c : body) {
    if (parser.is_done()) return -1;
    waiting.push_back(c);
    const auto used = parser.feed(waiting);
    if (!used) return used.error().status;
    waiting.erase(0, *used);
  }
  if (!parser.is_done()) return 1;
  out = parser.take().body;
  return 200;
}

TEST(RequestParser, reads_a_body_with_a_length) {
  const std::string header =
      "PUT /a?b HTTP/1.1\r\nHost: x\r\nX-A:  1 \r\nContent-Length: 3\r\n\r\n";
  RequestParser parser(64);
  ASSERT_TRUE(parser.begin(header, *check_header(header)).has_value());
  EXPECT_FALSE(parser.is_done());
  EXPECT_EQ(parser.feed("abcGET"), 3u);
  ASSERT_TRUE(parser.is_done());
  const Request request = parser.take();
  EXPECT_EQ(request.method, Method::put);
  EXPECT_EQ(request.target, "/a?b");
  EXPECT_EQ(request.headers.find("x-a"), "1");
  EXPECT_EQ(request.body, "abc");
}

TEST(RequestParser, refuses_an_announced_body_over_the_bound) {
  const std::string header = "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 65\r\n\r\n";
  RequestParser parser(64);
  const auto begun = parser.begin(header, *check_header(header));
  ASSERT_FALSE(begun.has_value());
  EXPECT_EQ(begun.error().status, 413);
}

TEST(RequestParser, joins_chunks_and_drops_extensions_and_trailers) {
  std::string body;
  EXPECT_EQ(read_chunked("3;a=b\r\nabc\r\n02\r\nde\r\n0\r\nX: 1\r\n\r\n", body), 200);
  EXPECT_EQ(body, "abcde");
}

TEST(RequestParser, takes_no_trailer_for_a_header) {
  RequestParser parser(64);
  ASSERT_TRUE(parser.begin(kChunkedHeader, *check_header(kChunkedHeader)).has_value());
  ASSERT_TRUE(parser.feed("0\r\nAuthorization: me\r\n\r\n").has_value());
  EXPECT_EQ(parser.take().headers.find("Authorization"), std::nullopt);
}

TEST(RequestParser, refuses_chunks_that_two_readers_may_split_differently) {
  std::string body;
  for (const char* chunks : {
           "3\nabc\r\n0\r\n\r\n",             // bare line feed behind the size
           "0x3\r\nabc\r\n0\r\n\r\n",         // prefix
           "+3\r\nabc\r\n0\r\n\r\n",          // sign
           " 3\r\nabc\r\n0\r\n\r\n",          // leading blank
           "\r\n3\r\nabc\r\n0\r\n\r\n",       // empty size
           "3\r\nabcd\r\n0\r\n\r\n",          // data longer than its size
           "3\r\nabc0\r\n\r\n",               // no line end behind the data
           "3\r\nabcXX0\r\n\r\n",             // other bytes there
           "3;a=\nb\r\nabc\r\n0\r\n\r\n",     // bare line feed in an extension
           "3;a=\rb\r\nabc\r\n0\r\n\r\n",     // bare carriage return in an extension
           "3;a=\"\n\"\r\nabc\r\n0\r\n\r\n",  // the same in quotes
           "3 abc\r\n0\r\n\r\n",              // no extension mark
           "0\r\nA: b\nC: d\r\n\r\n",         // bare line feed in a trailer
           "0\r\nA : b\r\n\r\n",              // blank before the colon of a trailer
           "0\r\nContent-Length: 4\r\n\r\n",  // framing in a trailer
       }) {
    EXPECT_EQ(read_chunked(chunks, body), 400) << testing::PrintToString(std::string(chunks));
  }
}

TEST(RequestParser, refuses_a_chunked_body_that_grows_over_the_bound) {
  std::string body;
  const std::string chunk = "20\r\n" + std::string(32, 'x') + "\r\n";
  EXPECT_EQ(read_chunked(chunk + chunk + "0\r\n\r\n", body), 200);
  EXPECT_EQ(read_chunked(chunk + chunk + "1\r\nx\r\n0\r\n\r\n", body), 413);
  EXPECT_EQ(read_chunked("11111111111111111\r\nabc", body), 413);
}

TEST(RequestParser, refuses_chunk_lines_without_end) {
  RequestParser parser(64);
  ASSERT_TRUE(parser.begin(kChunkedHeader, *check_header(kChunkedHeader)).has_value());
  EXPECT_FALSE(parser.feed("1;" + std::string(9000, 'a')).has_value());
}

}  // namespace
}  // namespace carillon::http
