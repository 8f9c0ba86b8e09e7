// The filter language of task lists, the same in API, command line and UI: text in, tree out. Pure.
//
//   nightly                      substring of name, description, id, type or tags
//   status:failed,running        one of several words            -tag:etl      not
//   type:http queue:default tag:etl createdBy:ann  name:nightly  exact (case-insensitive)
//   name~"nightly report"        substring of one field
//   created>-24h  updated<2026-01-01T00:00:00Z  next<+1h  priority>=5      comparisons
//   param.region:eu              a member of parameters, exact
//   a b                          both;   a OR b   either;   ( … )   grouping
//
// Mixing AND and OR without parentheses is refused. Unknown keys are an error with the nearest
// name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace carillon {

enum class FilterField : std::uint8_t {
  any_text,
  id,
  name,
  description,
  status,
  type,
  queue,
  tag,
  created_by,
  assigned_to,
  priority,
  created,
  updated,
  next_execution,
  parameter,
};

enum class FilterRelation : std::uint8_t {
  equals,
  contains,
  less,
  less_equal,
  greater,
  greater_equal
};

// One condition. For equals, any of the values; times are resolved instants in unix ms as text.
struct FilterTerm {
  FilterField field = FilterField::any_text;
  std::string parameter;  // Dotted path, for FilterField::parameter.
  FilterRelation relation = FilterRelation::contains;
  std::vector<std::string> values;
};

enum class FilterNodeKind : std::uint8_t { term, all, any, negated };

struct Filter {
  FilterNodeKind kind = FilterNodeKind::all;
  FilterTerm term;               // For `term`.
  std::vector<Filter> children;  // For `all`, `any` (two or more) and `negated` (one).
};

// Reads a filter. Relative times count from `now`.
//
// Errors  bad_filter          syntax; column says where
//         unknown_filter_key  the hint names the nearest key, or all of them
// Cost    linear; text of at most 2,048 bytes, nesting of at most 16
Result<Filter> parse_filter(std::string_view text, Instant now);

}  // namespace carillon
