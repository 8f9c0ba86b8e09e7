// Structs with a field table as JSON text. Pure; the reading side is codec/, which knows a library.
//
// Members are written in table order under their table name; an empty optional is null, an empty
// JsonText is null, instants are RFC 3339 UTC with milliseconds, durations whole milliseconds,
// enums their word. 64-bit integers are written exactly.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/fields.h"
#include "base/instant.h"
#include "base/json_text.h"
#include "base/rfc3339.h"
#include "base/uuid.h"
#include "base/words.h"

namespace carillon {

// Appends a JSON string with the escapes that RFC 8259 asks for. Requires text to be UTF-8.
void append_json_string(std::string& out, std::string_view text);

template <class T>
void append_json(std::string& out, const T& value);

// Appends `"name":`. Requires a name without characters that JSON escapes, as table names are.
inline void append_json_name(std::string& out, std::string_view name) {
  out.push_back('"');
  out += name;
  out += "\":";
}

// Appends `"name":value` for every row, without braces, so that a caller can add members.
template <HasFields T>
void append_json_members(std::string& out, const T& value) {
  bool first = true;
  for_each_field<T>([&](const auto& row) {
    if (!first) out.push_back(',');
    first = false;
    append_json_name(out, row.name);
    append_json(out, value.*(row.member));
  });
}

template <class T>
void append_json(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
    out.append(digits, end);
  } else if constexpr (std::is_enum_v<T>) {
    append_json_string(out, word_of(value));
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
    append_json_string(out, value);
  } else if constexpr (std::is_same_v<T, JsonText>) {
    out += value.empty() ? std::string_view("null") : std::string_view(value.text());
  } else if constexpr (std::is_same_v<T, Instant>) {
    out.push_back('"');
    append_rfc3339(out, value);
    out.push_back('"');
  } else if constexpr (std::is_same_v<T, Duration>) {
    append_json(out, value.ms());
  } else if constexpr (std::is_same_v<T, Uuid>) {
    append_json_string(out, to_text(value));
  } else if constexpr (kIsOptional<T>) {
    if (value) {
      append_json(out, *value);
    } else {
      out += "null";
    }
  } else if constexpr (kIsVector<T>) {
    out.push_back('[');
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out.push_back(',');
      append_json(out, value[i]);
    }
    out.push_back(']');
  } else if constexpr (HasTextForm<T>) {
    append_json_string(out, TextForm<T>::write(value));
  } else if constexpr (kIsStrongId<T>) {
    append_json(out, value.value());
  } else {
    static_assert(HasFields<T>, "this member type has no JSON form");
    out.push_back('{');
    append_json_members(out, value);
    out.push_back('}');
  }
}

template <class T>
std::string to_json(const T& value) {
  std::string out;
  append_json(out, value);
  return out;
}

}  // namespace carillon
