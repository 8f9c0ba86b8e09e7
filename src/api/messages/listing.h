// Listing: one page of a listing, asked for by query and answered as {items, nextPageToken}.
#pragma once

#include <string>
#include <string_view>

#include "api/exchange.h"
#include "api/messages/query.h"
#include "ports/task_repository.h"

namespace carillon::api {

struct Listing {
  const Exchange& exchange;
  std::string name;  // Everything the listing depends on but the page: tokens are bound to it.

  // Reads pageSize (50, coerced to 1..1000) and pageToken; a fault goes to the query.
  [[nodiscard]] PageRequest page(Query& query) const;

  // The page as JSON; append(out, item) writes one item.
  template <class Item, class Append>
  [[nodiscard]] std::string json(const Page<Item>& page, const Append& append) const {
    std::string out = R"({"items":[)";
    for (const Item& item : page.items) {
      if (out.back() != '[') out.push_back(',');
      append(out, item);
    }
    finish(out, page.next_cursor);
    return out;
  }

  // Closes the array and adds the token of the next page.
  void finish(std::string& out, std::string_view next_cursor) const;
};

}  // namespace carillon::api
