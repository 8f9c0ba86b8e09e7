#include "api/http/request.h"

#include <array>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace carillon::http {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 7> kMethods{{
    {"GET", Method::get},
    {"HEAD", Method::head},
    {"POST", Method::post},
    {"PUT", Method::put},
    {"PATCH", Method::patch},
    {"DELETE", Method::delete_},
    {"OPTIONS", Method::options},
}};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Method method_from_text(std::string_view text) {
  for (const auto& [name, method] : kMethods) {
    if (name == text) return method;
  }
  return Method::other;
}

void Headers::reserve(std::size_t text_bytes, std::size_t fields) {
  text_.reserve(text_bytes);
  places_.reserve(fields);
}

void Headers::add(std::string_view name, std::string_view value) {
  places_.push_back({.start = static_cast<std::uint32_t>(text_.size()),
                     .name_bytes = static_cast<std::uint32_t>(name.size()),
                     .value_bytes = static_cast<std::uint32_t>(value.size())});
  text_ += name;
  text_ += value;
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].name_bytes != name.size()) continue;
    const Item item = at(i);
    if (equal_ignoring_case(item.name, name)) return item.value;
  }
  return std::nullopt;
}

Headers::Item Headers::at(std::size_t index) const {
  CARILLON_CHECK(index < places_.size(), "header index");
  const Place& place = places_[index];
  const std::string_view text = text_;
  return {.name = text.substr(place.start, place.name_bytes),
          .value = text.substr(place.start + place.name_bytes, place.value_bytes)};
}

std::string_view Request::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Request::query() const {
  const std::size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view{} : std::string_view(target).substr(mark + 1);
}

std::vector<std::string> Request::path_segments() const {
  std::string_view rest = path();
  if (rest.starts_with('/')) rest.remove_prefix(1);
  std::vector<std::string> segments;
  for (const std::string_view part : split(rest, '/')) {
    segments.push_back(percent_decoded(part, PlusSign::literal));
  }
  return segments;
}

std::vector<QueryItem> Request::query_items() const {
  std::vector<QueryItem> items;
  for (const std::string_view part : split(query(), '&')) {
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
    items.push_back({.name = percent_decoded(part.substr(0, equals), PlusSign::blank),
                     .value = percent_decoded(value, PlusSign::blank)});
  }
  return items;
}

std::optional<std::string> Request::query_value(std::string_view name) const {
  for (QueryItem& item : query_items()) {
    if (item.name == name) return std::move(item.value);
  }
  return std::nullopt;
}

std::string percent_decoded(std::string_view text, PlusSign plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%' && i + 2 < text.size()) {
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out.push_back(c == '+' && plus == PlusSign::blank ? ' ' : c);
  }
  return out;
}

}  // namespace carillon::http
