// Any text as a template of parameters: what check_template lets pass expands, in one pass, to what
// a naive second reading gives; what it refuses does not expand.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/parse.hpp>

#include "base/check.h"
#include "domain/limits.h"
#include "executors/template_text.h"

namespace {

using namespace carillon;

// Values that look like tags themselves must come out as they are.
const boost::json::object& names() {
  static const boost::json::object object =
      boost::json::parse(R"({"a": "x", "b": {"c": "{{a}}", "d": [1, null, {"e": true}]},
                             "n": null, "run": {"id": "r\u00e9"}})")
          .as_object();
  return object;
}

std::string value_of(std::string_view name) {
  if (name == "a") return "x";
  if (name == "b") return R"({"c":"{{a}}","d":[1,null,{"e":true}]})";
  if (name == "b.c") return "{{a}}";
  if (name == "b.d") return R"([1,null,{"e":true}])";
  if (name == "b.d.0") return "1";
  if (name == "b.d.2") return R"({"e":true})";
  if (name == "b.d.2.e") return "true";
  if (name == "run") return "{\"id\":\"r\u00e9\"}";
  if (name == "run.id") return "r\u00e9";
  return "";
}

// Reads a template that is known to be well formed.
std::string naive_expansion(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t open = text.find("{{");
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    text.remove_prefix(open + 2);
    std::size_t close = text.find("}}");
    std::string_view name = text.substr(0, close);
    if (name.starts_with('{') && text.substr(close).starts_with("}}}")) ++close;
    text.remove_prefix(close + 2);
    while (!name.empty() && std::string_view("{& \t\r\n").contains(name.front())) {
      name.remove_prefix(1);
    }
    while (!name.empty() && std::string_view(" \t\r\n").contains(name.back())) {
      name.remove_suffix(1);
    }
    out += value_of(name);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto checked = check_template(text);
  const auto expanded = expand_template(text, names());
  CARILLON_CHECK(checked.has_value() == expanded.has_value() || text.size() > limits::kResultBytes,
                 "what is checked is what expands");
  if (!expanded) return 0;
  if (!has_template(text)) CARILLON_CHECK(*expanded == text, "text without tags stays");
  // A number with a leading zero or far too long is an index, too; the second reading skips those.
  const std::string naive = naive_expansion(text);
  if (text.find("b.d.") == std::string_view::npos || naive.size() >= expanded->size()) {
    CARILLON_CHECK(*expanded == naive, "the second reading agrees");
  }
  return 0;
}
