// A filter tree as a condition over the tasks table. Pure; adapter internals.
//
// Values travel as parameters only; the text holds nothing but our own words. Every condition is
// true or false, never null, so that negation means "does not".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/embedded/sqlite_connection.h"
#include "domain/filter/filter.h"
#include "domain/id/ids.h"

namespace carillon {

struct SqlCondition {
  std::string text;
  std::vector<SqlValue> values;  // For the `?` of text, in order.
};

// The condition for the whole filter; never empty. Text of three characters or more is looked up in
// the search index, shorter text is looked for in every row that the other conditions leave.
SqlCondition filter_sql(const Filter& filter);

// Bytes of a run id as the parent column keeps them: the task's 16, then the number, big-endian.
std::string parent_key(const RunId& run);

}  // namespace carillon
