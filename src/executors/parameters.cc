#include "executors/parameters.h"

#include <utility>

#include <fmt/format.h>

#include "base/duration_text.h"

namespace carillon {
namespace {

std::unexpected<Error> parameter_error(ErrorCode code, std::string_view name, std::string message,
                                       std::string hint) {
  return fail(Error{.code = code,
                    .message = std::move(message),
                    .hint = std::move(hint),
                    .column = std::nullopt,
                    .pointer = fmt::format("/parameters/{}", name)});
}

}  // namespace

std::optional<std::string> text_at(const boost::json::object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<std::int64_t> number_at(const boost::json::object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

bool is_set(const boost::json::object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::vector<std::string> texts_at(const boost::json::object& from, std::string_view name) {
  std::vector<std::string> texts;
  const auto* value = from.if_contains(name);
  if (value == nullptr) return texts;
  if (value->is_string()) texts.emplace_back(value->get_string());
  if (const auto* array = value->if_array()) {
    for (const auto& element : *array) {
      if (element.is_string()) texts.emplace_back(element.get_string());
    }
  }
  return texts;
}

Result<std::optional<Duration>> duration_at(const boost::json::object& from,
                                            std::string_view name) {
  const auto text = text_at(from, name);
  if (!text) return std::nullopt;
  auto duration = parse_iso_duration(*text);
  if (duration) return *duration;
  return bad_parameter(name, fmt::format("{}: {}", name, duration.error().message),
                       std::move(duration.error().hint));
}

std::unexpected<Error> bad_parameter(std::string_view name, std::string message, std::string hint) {
  return parameter_error(ErrorCode::invalid_value, name, std::move(message), std::move(hint));
}

std::unexpected<Error> missing_parameter(std::string_view name, std::string message,
                                         std::string hint) {
  return parameter_error(ErrorCode::missing_field, name, std::move(message), std::move(hint));
}

}  // namespace carillon
