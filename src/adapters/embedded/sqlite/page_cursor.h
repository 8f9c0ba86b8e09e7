// Where a page of a listing ended, as opaque text. Values and pure functions; adapter internals.
//
// A cursor names the order values of the last item, so pages neither repeat nor skip an item when
// others are added meanwhile. It is not signed; the API does that.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/fields.h"
#include "base/result.h"
#include "base/uuid.h"
#include "base/words.h"

namespace carillon {

// Each listing in each order has its own value, so that one's cursor is refused by another.
// Values are in clients' hands: append only.
enum class Listing : std::uint8_t {
  none = 0,  // Of no list: what bytes from elsewhere read as.
  tasks_created_desc = 1,
  tasks_created_asc = 2,
  tasks_updated_desc = 3,
  tasks_name_asc = 4,
  tasks_next_execution_asc = 5,
  runs = 10,
  runs_of_task = 11,
  events = 12,
  slots = 13,
};

template <>
struct Words<Listing> {
  static constexpr std::array<std::pair<Listing, std::string_view>, 10> rows{{
      {Listing::none, "none"},
      {Listing::tasks_created_desc, "tasks-created-desc"},
      {Listing::tasks_created_asc, "tasks-created-asc"},
      {Listing::tasks_updated_desc, "tasks-updated-desc"},
      {Listing::tasks_name_asc, "tasks-name-asc"},
      {Listing::tasks_next_execution_asc, "tasks-next-execution-asc"},
      {Listing::runs, "runs"},
      {Listing::runs_of_task, "runs-of-task"},
      {Listing::events, "events"},
      {Listing::slots, "slots"},
  }};
};

struct PageCursor {
  Listing listing = Listing::none;
  std::int64_t number = 0;  // The order column, or its first part.
  std::string text;         // The order column of lists by name.
  Uuid id;                  // Breaks ties.
  std::uint64_t index = 0;  // Breaks ties within an id: run number, slot series.

  static constexpr auto fields() {
    return std::tuple{Field{1, "listing", &PageCursor::listing},
                      Field{2, "number", &PageCursor::number}, Field{3, "text", &PageCursor::text},
                      Field{4, "id", &PageCursor::id}, Field{5, "index", &PageCursor::index}};
  }
};

std::string write_cursor(const PageCursor& cursor);

// Errors  bad_page_token  not a cursor, or one of another listing
Result<PageCursor> read_cursor(std::string_view text, Listing listing);

}  // namespace carillon
