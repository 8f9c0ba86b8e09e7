// The filter language of task lists, the same in API, command line and UI: text in, tree out. Pure.
//
//   nightly                      substring of name, description, type, tags, createdBy,
//                                or beginning of the id
//   status:failed,running        one of several words            -tag:etl      not
//   type:http queue:default tag:etl createdBy:ann  name:nightly  exact, in any case
//   name~"nightly report"        substring of one field
//   created>-24h  updated<2026-01-01T00:00:00Z  next<+1h  priority>=5      comparisons
//   param.region:eu              a member of parameters, exact
//   a b                          both;   a OR b   either;   ( … )   grouping
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace carillon {

inline constexpr std::size_t kFilterBytes = 2048;
inline constexpr int kFilterDepth = 16;

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
  parent,  // The workflow run a task is a step of; `any` finds the steps of all.
};

enum class FilterRelation : std::uint8_t {
  equals,
  contains,
  less,
  less_equal,
  greater,
  greater_equal,
};

// One condition. It holds when any of the values does; comparisons have exactly one. Statuses are
// their words, instants unix milliseconds in decimal, a parent a run id or `any`; everything else
// is as typed and compares without regard to case (fold_case.h), except parameters.
struct FilterTerm {
  FilterField field = FilterField::any_text;
  std::string parameter;  // Dotted path, for FilterField::parameter.
  FilterRelation relation = FilterRelation::contains;
  std::vector<std::string> values;

  friend bool operator==(const FilterTerm&, const FilterTerm&) = default;
};

enum class FilterNodeKind : std::uint8_t { term, all, any, negated };

struct Filter {
  FilterNodeKind kind = FilterNodeKind::all;
  FilterTerm term;               // For `term`.
  std::vector<Filter> children;  // For `all`, `any` (two or more) and `negated` (one).

  friend bool operator==(const Filter&, const Filter&) = default;
};

// Reads a filter. Relative times count from `now`; blank text gives `all` without children, which
// everything matches.
//
// Errors  bad_filter          syntax or a value; column says where, counted in characters
//         unknown_filter_key  the hint names the nearest key, or all of them
// Cost    linear; text of at most kFilterBytes, nesting of at most kFilterDepth
Result<Filter> parse_filter(std::string_view text, Instant now);

// Writes a filter as text, with instants in full.
//
// Guarantees  parse_filter reads the text of a parsed filter back as the same tree, as long as the
//             quotes and full instants have not made it longer than kFilterBytes
std::string print_filter(const Filter& filter);

// The key a field is written with; empty for any_text.
std::string_view filter_key(FilterField field);

// Whether any condition of the tree is about the field.
bool mentions(const Filter& filter, FilterField field);

}  // namespace carillon
