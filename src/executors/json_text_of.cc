#include "executors/json_text_of.h"

#include <charconv>
#include <cmath>

#include "base/json_writer.h"

namespace carillon {
namespace {

namespace json = boost::json;

void append(std::string& out, const json::value& value);

void append(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  out.append(digits, end);
}

void append(std::string& out, const json::array& items) {
  out.push_back('[');
  for (const json::value& item : items) {
    if (out.back() != '[') out.push_back(',');
    append(out, item);
  }
  out.push_back(']');
}

void append(std::string& out, const json::object& members) {
  out.push_back('{');
  bool first = true;
  for (const auto& [name, member] : members) {
    if (!first) out.push_back(',');
    first = false;
    append_json_string(out, {name.data(), name.size()});
    out.push_back(':');
    append(out, member);
  }
  out.push_back('}');
}

void append(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      out += "null";
      break;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case json::kind::int64:
      append_json(out, value.get_int64());
      break;
    case json::kind::uint64:
      append_json(out, value.get_uint64());
      break;
    case json::kind::double_:
      append(out, value.get_double());
      break;
    case json::kind::string:
      append_json_string(out, {value.get_string().data(), value.get_string().size()});
      break;
    case json::kind::array:
      append(out, value.get_array());
      break;
    case json::kind::object:
      append(out, value.get_object());
      break;
  }
}

}  // namespace

std::string json_text_of(const json::value& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace carillon
