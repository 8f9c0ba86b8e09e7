#include "api/messages/query.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "api/messages/problem_answer.h"
#include "base/text.h"

namespace carillon::api {

Query::Query(const http::Request& request, std::initializer_list<std::string_view> known) {
  if (request.query().empty()) return;
  items_ = request.query_items();
  for (const http::QueryItem& item : items_) {
    if (std::ranges::find(known, item.name) == known.end()) {
      const std::vector<std::string_view> names(known);
      const std::string_view nearest = nearest_name(item.name, names);
      refuse(ErrorCode::unknown_field,
             fmt::format("The query parameter '{}' is not known here.", escape_control(item.name)),
             nearest.empty() ? std::string() : fmt::format("Did you mean '{}'?", nearest));
    } else if (find(item.name)->data() != item.value.data()) {
      refuse(ErrorCode::invalid_value,
             fmt::format("The query parameter '{}' stands twice.", item.name), "Send it once.");
    }
  }
}

std::optional<std::string_view> Query::find(std::string_view name) const {
  for (const http::QueryItem& item : items_) {
    if (item.name == name) return item.value;
  }
  return std::nullopt;
}

std::uint64_t Query::number(std::string_view name, NumberRange range) {
  const auto typed = find(name);
  if (!typed || typed->empty()) return range.fallback;
  std::uint64_t value = 0;
  const char* end = typed->data() + typed->size();
  const auto [stop, error] = std::from_chars(typed->data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) {
    refuse(ErrorCode::invalid_value,
           fmt::format("{} is '{}'; a whole number is expected.", name, escape_control(*typed)),
           fmt::format("Write {}={}.", name, std::max(range.fallback, range.least)));
    return range.fallback;
  }
  if (error == std::errc::result_out_of_range) return range.most;
  return std::clamp(value, range.least, range.most);
}

Switch Query::flag(std::string_view name) {
  const auto typed = find(name);
  if (!typed || *typed == "false" || *typed == "0") return Switch::off;
  if (typed->empty() || *typed == "true" || *typed == "1") return Switch::on;
  refuse(ErrorCode::invalid_value,
         fmt::format("{} is '{}'; true or false is expected.", name, escape_control(*typed)));
  return Switch::off;
}

void Query::refuse(ErrorCode code, std::string message, std::string hint) {
  faults_.push_back({.code = code,
                     .message = std::move(message),
                     .hint = std::move(hint),
                     .column = std::nullopt,
                     .pointer = {}});
}

Problem Query::problem() const { return problem_of(faults_); }

}  // namespace carillon::api
