#include "executors/template_text.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "domain/limits.h"
#include "executors/json_text_of.h"

namespace carillon {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

std::unexpected<Error> bad_tag(std::string_view tag) {
  return fail(ErrorCode::invalid_value,
              fmt::format("The template tag {{{{{}}}}} is not a name.", tag.substr(0, 80)),
              "Write a dotted name between the braces, such as {{task.name}} or "
              "{{inputs.fetch.body}}; sections and partials are not supported.");
}

// The next tag at or after `from`; `begin` and `end` enclose the braces.
struct Tag {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view name;
};

Result<std::optional<Tag>> next_tag(std::string_view text, std::size_t from) {
  const std::size_t begin = text.find(kOpen, from);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t close = text.find(kClose, begin + kOpen.size());
  if (close == std::string_view::npos) {
    return fail(ErrorCode::invalid_value, "A template tag is opened by {{ and never closed.",
                "Close it with }}.");
  }
  std::string_view inside = text.substr(begin + kOpen.size(), close - begin - kOpen.size());
  std::size_t end = close + kClose.size();
  // {{{name}}} and {{&name}} are mustache's unescaped forms; nothing is escaped here anyway.
  if (inside.starts_with('{') && end < text.size() && text[end] == '}') {
    inside.remove_prefix(1);
    ++end;
  } else if (inside.starts_with('&')) {
    inside.remove_prefix(1);
  }
  const std::string_view name = trimmed(inside);
  if (name.empty() || !std::ranges::all_of(name, is_name_char)) return bad_tag(inside);
  return Tag{.begin = begin, .end = end, .name = name};
}

const boost::json::value* step_into(const boost::json::value& value, std::string_view part) {
  if (const auto* object = value.if_object()) return object->if_contains(part);
  if (const auto* array = value.if_array()) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
    if (error != std::errc{} || end != part.data() + part.size()) return nullptr;
    return array->if_contains(index);
  }
  return nullptr;
}

void append_named(std::string& out, std::string_view name, const boost::json::object& names) {
  const std::vector<std::string_view> parts = split(name, '.');
  const boost::json::value* value = names.if_contains(parts.front());
  for (std::size_t i = 1; value != nullptr && i < parts.size(); ++i) {
    value = step_into(*value, parts[i]);
  }
  if (value == nullptr || value->is_null()) return;
  if (const auto* text = value->if_string()) {
    out.append(text->data(), text->size());
  } else {
    out += json_text_of(*value);
  }
}

}  // namespace

bool has_template(std::string_view text) { return text.find(kOpen) != std::string_view::npos; }

Result<void> check_template(std::string_view text) {
  std::size_t from = 0;
  while (true) {
    const auto tag = next_tag(text, from);
    if (!tag) return std::unexpected(tag.error());
    if (!*tag) return {};
    from = (*tag)->end;
  }
}

Result<void> check_templates(const boost::json::value& value) {
  if (const auto* text = value.if_string()) return check_template(*text);
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array) {
      if (auto checked = check_templates(element); !checked) return checked;
    }
  }
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (auto checked = check_templates(member.value()); !checked) return checked;
    }
  }
  return {};
}

Result<std::string> expand_template(std::string_view text, const boost::json::object& names) {
  std::string out;
  std::size_t from = 0;
  while (true) {
    const auto tag = next_tag(text, from);
    if (!tag) return std::unexpected(tag.error());
    if (!*tag) break;
    out += text.substr(from, (*tag)->begin - from);
    append_named(out, (*tag)->name, names);
    from = (*tag)->end;
    if (out.size() > limits::kParametersBytes) {
      return fail(ErrorCode::invalid_value,
                  "A parameter grew past 1 MiB when its template was filled.",
                  "Name a smaller part of the input.");
    }
  }
  out += text.substr(from);
  return out;
}

Result<void> expand_templates(boost::json::value& value, const boost::json::object& names) {
  if (auto* text = value.if_string()) {
    if (!has_template(*text)) return {};
    auto expanded = expand_template(*text, names);
    if (!expanded) return std::unexpected(std::move(expanded.error()));
    *text = *expanded;
  }
  if (auto* array = value.if_array()) {
    for (auto& element : *array) {
      if (auto done = expand_templates(element, names); !done) return done;
    }
  }
  if (auto* object = value.if_object()) {
    for (auto& member : *object) {
      if (auto done = expand_templates(member.value(), names); !done) return done;
    }
  }
  return {};
}

}  // namespace carillon
