#include "executors/parameters.h"

#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace carillon {
namespace {

// The units of a duration in the order in which they may appear; after `T` only the last three.
struct Unit {
  char letter;
  std::int64_t ms;
};
constexpr std::array<Unit, 4> kUnits{
    {{'D', 86'400'000}, {'H', 3'600'000}, {'M', 60'000}, {'S', 1'000}}};
constexpr std::int64_t kDaysMax = 100'000;

std::optional<Duration> read_duration(std::string_view text) {
  if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
  text.remove_prefix(1);
  Duration sum;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    if (text.front() == 'T' && next_unit <= 1) {
      text.remove_prefix(1);
      next_unit = 1;
      if (text.empty()) return std::nullopt;
    }
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || count < 0 || end == text.data() + text.size()) return std::nullopt;
    const std::size_t last_unit = next_unit == 0 ? 1 : kUnits.size();  // Before `T` only days.
    while (next_unit < last_unit && kUnits[next_unit].letter != *end) ++next_unit;
    if (next_unit == last_unit || count > kDaysMax * 86'400'000 / kUnits[next_unit].ms) {
      return std::nullopt;
    }
    sum = sum + Duration::milliseconds(count * kUnits[next_unit].ms);
    ++next_unit;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  return sum;
}

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
  const auto duration = read_duration(*text);
  if (!duration) {
    return bad_parameter(name,
                         fmt::format("{} is not a duration of days or less: {}.", name, *text),
                         "Write it as ISO 8601, for example P7D or PT36H.");
  }
  return duration;
}

std::unexpected<Error> bad_parameter(std::string_view name, std::string message, std::string hint) {
  return parameter_error(ErrorCode::invalid_value, name, std::move(message), std::move(hint));
}

std::unexpected<Error> missing_parameter(std::string_view name, std::string message,
                                         std::string hint) {
  return parameter_error(ErrorCode::missing_field, name, std::move(message), std::move(hint));
}

}  // namespace carillon
