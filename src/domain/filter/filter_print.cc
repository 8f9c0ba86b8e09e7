#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "domain/filter/filter.h"
#include "domain/filter/filter_keys.h"

namespace carillon {
namespace {

std::string_view operator_text(FilterRelation relation) {
  switch (relation) {
    case FilterRelation::equals:
      return ":";
    case FilterRelation::contains:
      return "~";
    case FilterRelation::less:
      return "<";
    case FilterRelation::less_equal:
      return "<=";
    case FilterRelation::greater:
      return ">";
    case FilterRelation::greater_equal:
      return ">=";
  }
  std::unreachable();
}

// Quotes always, so that no word is taken for an operator.
void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

void append_value(std::string& out, FilterField field, std::string_view value) {
  const bool is_instant = field == FilterField::created || field == FilterField::updated ||
                          field == FilterField::next_execution;
  if (!is_instant) {
    append_quoted(out, value);
    return;
  }
  std::int64_t ms = 0;
  std::from_chars(value.data(), value.data() + value.size(), ms);
  append_rfc3339(out, Instant::from_unix_ms(ms));
}

void append_term(std::string& out, const FilterTerm& term) {
  out += filter_key(term.field);
  out += term.parameter;
  if (term.field != FilterField::any_text) out += operator_text(term.relation);
  for (std::size_t i = 0; i < term.values.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_value(out, term.field, term.values[i]);
  }
}

void append_filter(std::string& out, const Filter& filter);

// A child in a place where a list of conditions must be held together.
void append_operand(std::string& out, const Filter& child) {
  const bool bare = child.kind == FilterNodeKind::term || child.kind == FilterNodeKind::negated;
  if (!bare) out.push_back('(');
  append_filter(out, child);
  if (!bare) out.push_back(')');
}

void append_filter(std::string& out, const Filter& filter) {
  switch (filter.kind) {
    case FilterNodeKind::term:
      append_term(out, filter.term);
      return;
    case FilterNodeKind::all:
    case FilterNodeKind::any:
      for (std::size_t i = 0; i < filter.children.size(); ++i) {
        if (i > 0) out += filter.kind == FilterNodeKind::any ? " OR " : " ";
        append_operand(out, filter.children[i]);
      }
      return;
    case FilterNodeKind::negated: {
      const bool bare = filter.children.front().kind == FilterNodeKind::term;
      out += bare ? "-" : "-(";
      append_filter(out, filter.children.front());
      if (!bare) out.push_back(')');
      return;
    }
  }
}

}  // namespace

std::string print_filter(const Filter& filter) {
  std::string out;
  append_filter(out, filter);
  return out;
}

std::string_view filter_key(FilterField field) {
  const auto* row = std::find_if(kFilterKeys.begin(), kFilterKeys.end(),
                                 [&](const FilterKeyRow& one) { return one.field == field; });
  return row == kFilterKeys.end() ? std::string_view{} : row->key;
}

bool mentions(const Filter& filter, FilterField field) {
  if (filter.kind == FilterNodeKind::term) return filter.term.field == field;
  return std::any_of(filter.children.begin(), filter.children.end(),
                     [&](const Filter& child) { return mentions(child, field); });
}

}  // namespace carillon
