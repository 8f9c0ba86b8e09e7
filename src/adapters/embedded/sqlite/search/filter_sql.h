// A filter tree as a condition over the tasks table. Pure; adapter internals.
//
// Values travel as parameters only; the text holds nothing but our own words. Every condition is
// true or false, never null, so that negation means "does not".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/embedded/sqlite/sqlite_connection.h"
#include "domain/filter/filter.h"
#include "domain/id/ids.h"

namespace carillon {

struct SqlCondition {
  std::string text;
  std::vector<SqlValue> values;  // For the `?` of text, in order.
};

// Where text is looked for.
enum class TextLookup : std::uint8_t {
  index,  // Three characters or more in the search index, shorter ones in every row.
  rows,   // In the columns of each row, for when few rows are looked at.
};

// The condition for the whole filter; never empty.
SqlCondition filter_sql(const Filter& filter, TextLookup lookup);

// Bytes of a run id as the parent column keeps them: the task's 16, then the number, big-endian.
std::string parent_key(const RunId& run);

}  // namespace carillon
