#include "codec/json_reader.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carillon {

void JsonReader::refuse_unknown(std::string_view pointer, std::string_view name,
                                const std::vector<std::string_view>& known) {
  if (errors_.size() == limits::kFaults) return;  // The nearest name costs too much to be dropped.
  const std::string_view nearest = nearest_name(name, known);
  refuse(pointer, ErrorCode::unknown_field,
         fmt::format("'{}' is not a field here.", escape_control(name)),
         nearest.empty() ? fmt::format("Known fields: {}.", fmt::join(known, ", "))
                         : fmt::format("Did you mean '{}'?", nearest));
}

void JsonReader::expected(std::string_view pointer, std::string_view what, std::string hint) {
  std::string name(pointer.substr(std::min<std::size_t>(1, pointer.size())));
  std::ranges::replace(name, '/', '.');
  refuse(pointer, ErrorCode::invalid_value,
         fmt::format("{} must be {}.", name.empty() ? "The body" : escape_control(name), what),
         std::move(hint));
}

// The range of the type is no help: what the field allows is checked later and is narrower.
void JsonReader::refuse_number(Element element, std::string_view pointer) {
  std::int64_t number = 0;
  const bool is_negative = element.get(number) == simdjson::SUCCESS && number < 0;
  if (is_negative) return expected(pointer, fmt::format("0 or more, not {}", number));
  if (element.is_int64() || element.is_uint64()) {
    return expected(pointer, fmt::format("smaller than {}", minified(element)));
  }
  expected(pointer, "a whole number");
}

void JsonReader::read(Element element, std::string_view pointer, bool& value) {
  if (element.get(value) != simdjson::SUCCESS) {
    expected(pointer, "true or false");
  }
}

void JsonReader::read(Element element, std::string_view pointer, std::string& value) {
  std::string_view text;
  if (element.get(text) != simdjson::SUCCESS) {
    expected(pointer, "a string");
    return;
  }
  value.assign(text);
}

void JsonReader::read(Element element, std::string_view pointer, Instant& value) {
  std::string_view text;
  if (element.get(text) != simdjson::SUCCESS) {
    expected(pointer, "a date-time", "Write it like 2026-11-24T20:30:00Z.");
    return;
  }
  auto instant = parse_rfc3339(text);
  if (!instant) {
    refuse(pointer, std::move(instant.error()));
    return;
  }
  value = *instant;
}

void JsonReader::read(Element element, std::string_view pointer, Duration& value) {
  std::int64_t ms = 0;
  read(element, pointer, ms);
  value = Duration::milliseconds(ms);
}

void JsonReader::read(Element element, std::string_view /*pointer*/, JsonText& value) {
  value = element.is_null() ? JsonText{} : JsonText(minified(element));
}

void JsonReader::read(Element element, std::string_view pointer, Uuid& value) {
  std::string_view text;
  if (element.get(text) == simdjson::SUCCESS) {
    if (const auto id = parse_uuid(text)) {
      value = *id;
      return;
    }
  }
  refuse(pointer, ErrorCode::invalid_value, "An id of the form 8-4-4-4-12 is expected.");
}

}  // namespace carillon
