#include "cli/output/json_print.h"

#include <cmath>
#include <cstdint>
#include <iterator>
#include <string_view>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/text.h"

namespace carillon::cli {
namespace {

enum class Layout : std::uint8_t { compact, pretty };

void append_double(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";  // JSON has no form for it.
    return;
  }
  const std::size_t start = out.size();
  fmt::format_to(std::back_inserter(out), "{}", number);
  // 3.0 must not read back as an integer.
  if (out.find_first_of(".e", start) == std::string::npos) out += ".0";
}

void append_string(std::string& out, std::string_view text) {
  const std::size_t start = out.size();
  append_json_string(out, text);
  // Valid JSON may carry DEL and C1 controls unescaped; a terminal would obey them.
  for (std::size_t i = start; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    const bool c1 =
        byte == 0xc2 && i + 1 < out.size() && static_cast<unsigned char>(out[i + 1]) < 0xa0;
    if (byte != 0x7f && !c1) continue;
    const unsigned code = c1 ? static_cast<unsigned char>(out[i + 1]) : byte;
    out.replace(i, c1 ? 2 : 1, fmt::format("\\u{:04x}", code));
    i += 5;
  }
}

void append_scalar(std::string& out, const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case boost::json::kind::int64:
      fmt::format_to(std::back_inserter(out), "{}", value.get_int64());
      return;
    case boost::json::kind::uint64:
      fmt::format_to(std::back_inserter(out), "{}", value.get_uint64());
      return;
    case boost::json::kind::double_:
      append_double(out, value.get_double());
      return;
    case boost::json::kind::string:
      append_string(out, value.get_string());
      return;
    case boost::json::kind::null:
    case boost::json::kind::array:
    case boost::json::kind::object:
      out += "null";
      return;
  }
}

// The line break and indent before a member, in the pretty layout.
void append_break(std::string& out, Layout layout, std::size_t depth) {
  if (layout == Layout::compact) return;
  out.push_back('\n');
  out.append(depth * 2, ' ');
}

void append_value(std::string& out, const boost::json::value& value, Layout layout,
                  std::size_t depth);

void append_array(std::string& out, const boost::json::array& array, Layout layout,
                  std::size_t depth) {
  out.push_back('[');
  bool first = true;
  for (const boost::json::value& item : array) {
    if (!first) out.push_back(',');
    first = false;
    append_break(out, layout, depth + 1);
    append_value(out, item, layout, depth + 1);
  }
  if (!array.empty()) append_break(out, layout, depth);
  out.push_back(']');
}

void append_object(std::string& out, const boost::json::object& object, Layout layout,
                   std::size_t depth) {
  out.push_back('{');
  bool first = true;
  for (const auto& member : object) {
    if (!first) out.push_back(',');
    first = false;
    append_break(out, layout, depth + 1);
    append_string(out, member.key());
    out += layout == Layout::pretty ? ": " : ":";
    append_value(out, member.value(), layout, depth + 1);
  }
  if (!object.empty()) append_break(out, layout, depth);
  out.push_back('}');
}

void append_value(std::string& out, const boost::json::value& value, Layout layout,
                  std::size_t depth) {
  if (const auto* array = value.if_array()) return append_array(out, *array, layout, depth);
  if (const auto* object = value.if_object()) return append_object(out, *object, layout, depth);
  append_scalar(out, value);
}

bool is_plain_in_yaml(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (text.empty() || kLetters.find(text.front()) == std::string_view::npos) return false;
  if (text.back() == ' ') return false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && kLetters.find(c) == std::string_view::npos &&
        std::string_view("_-./ ").find(c) == std::string_view::npos) {
      return false;
    }
  }
  // Words that YAML 1.1 readers take for booleans or null.
  for (const std::string_view word :
       {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}) {
    if (equal_ignoring_case(text, word)) return false;
  }
  return true;
}

void append_yaml_string(std::string& out, std::string_view text) {
  if (is_plain_in_yaml(text)) {
    out += text;
  } else {
    append_string(out, text);  // A JSON string is a double-quoted YAML string.
  }
}

bool is_block(const boost::json::value& value) {
  if (const auto* array = value.if_array()) return !array->empty();
  if (const auto* object = value.if_object()) return !object->empty();
  return false;
}

// What stands on the line of its key or dash.
void append_yaml_inline(std::string& out, const boost::json::value& value) {
  if (const auto* text = value.if_string()) return append_yaml_string(out, *text);
  append_value(out, value, Layout::compact, 0);
}

void append_yaml(std::string& out, const boost::json::value& value, std::size_t depth);

void append_yaml_member(std::string& out, const boost::json::key_value_pair& member,
                        std::size_t depth) {
  append_yaml_string(out, member.key());
  out.push_back(':');
  if (is_block(member.value())) {
    out.push_back('\n');
    append_yaml(out, member.value(), depth + 1);
    return;
  }
  out.push_back(' ');
  append_yaml_inline(out, member.value());
  out.push_back('\n');
}

void append_yaml_item(std::string& out, const boost::json::value& item, std::size_t depth) {
  if (!is_block(item)) {
    append_yaml_inline(out, item);
    out.push_back('\n');
    return;
  }
  // The first line of a nested block shares the line of its dash.
  std::string nested;
  append_yaml(nested, item, depth + 1);
  out += std::string_view(nested).substr((depth + 1) * 2);
}

void append_yaml(std::string& out, const boost::json::value& value, std::size_t depth) {
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      out.append(depth * 2, ' ');
      append_yaml_member(out, member, depth);
    }
  } else if (const auto* array = value.if_array()) {
    for (const boost::json::value& item : *array) {
      out.append(depth * 2, ' ');
      out += "- ";
      append_yaml_item(out, item, depth);
    }
  }
}

}  // namespace

std::string compact_json(const boost::json::value& value) {
  std::string out;
  append_value(out, value, Layout::compact, 0);
  return out;
}

std::string pretty_json(const boost::json::value& value) {
  std::string out;
  append_value(out, value, Layout::pretty, 0);
  return out;
}

std::string yaml_text(const boost::json::value& value) {
  std::string out;
  if (is_block(value)) {
    append_yaml(out, value, 0);
  } else {
    append_yaml_inline(out, value);
    out.push_back('\n');
  }
  return out;
}

}  // namespace carillon::cli
