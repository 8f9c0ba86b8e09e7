#include "cli/verbs/assignment.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/duration_text.h"
#include "base/text.h"
#include "cli/output/json_read.h"
#include "cli/time_text.h"

namespace carillon::cli {
namespace {

struct Parts {
  std::string_view name;
  std::string_view value;
};

CliResult<Parts> parts_of(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return give_up(ExitCode::usage, fmt::format("'{}' is not of the form name=value.", assignment),
                   "Write it like region=eu, limit=5 or 'tags=[\"a\",\"b\"]'.");
  }
  return Parts{assignment.substr(0, equals), assignment.substr(equals + 1)};
}

CliResult<void> set_member(boost::json::object& object, std::string_view name,
                           boost::json::value value) {
  boost::json::object* place = &object;
  std::vector<std::string_view> steps = split(name, '.');
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].empty()) {
      return give_up(ExitCode::usage, fmt::format("'{}' names no member.", name));
    }
    if (i + 1 == steps.size()) break;
    boost::json::value& below = (*place)[steps[i]];
    if (below.is_null()) below = boost::json::object();
    place = below.if_object();
    if (place == nullptr) {
      return give_up(
          ExitCode::usage,
          fmt::format("'{}' cannot be set, because {} is not an object.", name, steps[i]));
    }
  }
  (*place)[steps.back()] = std::move(value);
  return {};
}

bool is_whole_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The value of a field that is a span in the API; nullopt when the text is none.
std::optional<boost::json::value> span_value(std::string_view name, std::string_view text) {
  const auto span = parse_duration(text);
  if (!span) return std::nullopt;
  if (name == "every") return boost::json::value(to_iso_text(*span));
  if (name.ends_with("Ms")) return boost::json::value(span->ms());
  return std::nullopt;
}

}  // namespace

boost::json::value typed_value(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return boost::json::value(text);
  if (value->is_double() && is_whole_number(text)) return boost::json::value(text);
  return *std::move(value);
}

CliResult<void> assign(boost::json::object& object, std::string_view assignment) {
  const auto parts = parts_of(assignment);
  if (!parts) return give_up(parts.error());
  return set_member(object, parts->name, typed_value(parts->value));
}

CliResult<void> assign_task_field(boost::json::object& task, std::string_view assignment) {
  const auto parts = parts_of(assignment);
  if (!parts) return give_up(parts.error());
  if (auto span = span_value(parts->name, parts->value)) {
    return set_member(task, parts->name, *std::move(span));
  }
  return set_member(task, parts->name, typed_value(parts->value));
}

}  // namespace carillon::cli
