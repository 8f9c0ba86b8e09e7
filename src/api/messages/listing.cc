#include "api/messages/listing.h"

#include <utility>

#include "api/api_context.h"

namespace carillon::api {

PageRequest Listing::page(Query& query) const {
  PageRequest page;
  page.size = query.number("pageSize", {.fallback = 50, .least = 1, .most = 1000});
  const std::string_view token = query.text("pageToken");
  if (token.empty()) return page;
  auto cursor = exchange.context().page_tokens.open(name, token);
  if (!cursor) {
    query.refuse(std::move(cursor.error()));
  } else {
    page.cursor = *std::move(cursor);
  }
  return page;
}

void Listing::finish(std::string& out, std::string_view next_cursor) const {
  out += R"(],"nextPageToken":)";
  if (next_cursor.empty()) {
    out += "null}";
    return;
  }
  // Base64url needs no escapes.
  out += '"' + exchange.context().page_tokens.seal(name, next_cursor) + "\"}";
}

}  // namespace carillon::api
