// Any text as what clients carry between calls: page tokens, cursors, entity tags, a query, the id
// of the last event, and events on their way to a client that reads them by the standard.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/embedded/sqlite/page_cursor.h"
#include "api/http/request.h"
#include "api/http/server_sent_event.h"
#include "api/messages/entity_tag.h"
#include "api/messages/page_tokens.h"
#include "api/messages/query.h"
#include "base/check.h"
#include "base/text.h"
#include "cli/rest/sse_parser.h"

namespace {

using namespace carillon;

void check_tokens(std::string_view text) {
  const api::PageTokens tokens(SipKey{1, 2});
  const std::string token = tokens.seal("list", text);
  const auto opened = tokens.open("list", token);
  CARILLON_CHECK(opened && *opened == text, "a token opens to its cursor");
  CARILLON_CHECK(!tokens.open("other", token), "and for its listing only");
  if (const auto found = tokens.open("list", text)) {
    CARILLON_CHECK(tokens.seal("list", *found) == text, "a token has one spelling");
  }
}

void check_cursor(std::string_view text) {
  for (const Listing listing : {Listing::none, Listing::tasks_name_asc, Listing::slots}) {
    const auto cursor = read_cursor(text, listing);
    if (!cursor) continue;
    const auto again = read_cursor(write_cursor(*cursor), listing);
    CARILLON_CHECK(again && write_cursor(*again) == write_cursor(*cursor), "a cursor is kept");
  }
}

void check_tag(std::string_view text) {
  const auto version = api::read_if_match(text);
  if (!version || !*version) return;
  std::string digits(trimmed(text));
  digits = digits.substr(1, digits.size() - 2);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  CARILLON_CHECK(std::to_string((*version)->value()) == digits, "a tag names one version");
  CARILLON_CHECK(api::none_match_fails(api::entity_tag(**version), **version), "and matches it");
}

void check_query(std::string_view text) {
  http::Request request;
  request.target = "/x?" + std::string(text);
  api::Query query(request, {"after", "limit", "flag"});
  const std::uint64_t number = query.number("limit", {.fallback = 5, .least = 1, .most = 9});
  CARILLON_CHECK(number >= 1 && number <= 9, "a number is held in its range");
  static_cast<void>(query.flag("flag"));
  if (!query.is_fine()) CARILLON_CHECK(!query.problem().error.message.empty(), "faults are told");
  for (const http::QueryItem& item : request.query_items()) {
    CARILLON_CHECK(item.name.size() + item.value.size() <= text.size(), "decoding adds nothing");
  }
}

std::string without(std::string_view text, std::string_view unwanted) {
  std::string out;
  for (const char c : text) {
    if (!unwanted.contains(c)) out += c;
  }
  return out;
}

// Line ends are all one to the reader of an event.
std::string normal_lines(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && text.substr(i + 1).starts_with('\n')) continue;
    out += text[i] == '\r' ? '\n' : text[i];
  }
  return out;
}

void check_events(std::string_view text) {
  const std::size_t third = text.size() / 3;
  const http::ServerSentEvent event{.id = text.substr(0, third),
                                    .type = text.substr(third, third),
                                    .data = text.substr(2 * third)};
  std::string bytes;
  http::append_event(bytes, event);
  http::append_heartbeat(bytes);
  http::append_event(bytes, {.id = {}, .type = {}, .data = "last"});
  std::vector<cli::SseEvent> whole = cli::SseParser().push(bytes);
  std::vector<cli::SseEvent> pieces;
  cli::SseParser parser;
  for (const char c : bytes) {
    for (auto& read : parser.push({&c, 1})) pieces.push_back(std::move(read));
  }
  CARILLON_CHECK(pieces == whole, "the cut changes the reading");
  CARILLON_CHECK(whole.size() == 2, "one event stays one event");
  CARILLON_CHECK(whole[0].data == without(normal_lines(event.data), std::string_view("\0", 1)),
                 "its data arrives");
  CARILLON_CHECK(whole[0].id == without(event.id, std::string_view("\r\n\0", 3)), "and its id");
  CARILLON_CHECK(whole[1].type == "message", "a type is of one event");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_tokens(text);
  check_cursor(text);
  check_tag(text);
  check_query(text);
  check_events(text);
  // A client meets broken servers, too.
  static_cast<void>(cli::SseParser().push(text));
  return 0;
}
