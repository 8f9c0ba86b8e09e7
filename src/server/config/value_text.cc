#include "server/config/value_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/duration_text.h"
#include "base/fields.h"
#include "base/text.h"

namespace carillon::server {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 5> kSizeUnits{{{"TiB", std::uint64_t{1} << 40},
                                          {"GiB", std::uint64_t{1} << 30},
                                          {"MiB", std::uint64_t{1} << 20},
                                          {"KiB", std::uint64_t{1} << 10},
                                          {"B", 1}}};
constexpr std::array<Unit, 5> kTimeUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

// A text as a message may show it.
std::string shown(std::string_view text) {
  constexpr std::size_t kShownMax = 60;
  if (text.size() <= kShownMax) return fmt::format("'{}'", escape_control(text));
  return fmt::format("'{}...'", escape_control(text.substr(0, kShownMax)));
}

std::string shown(const GivenText& given) {
  return given.spelling == Spelling::quoted ? shown(given.text) + " in quotes" : shown(given.text);
}

std::unexpected<Error> refused(const ConfigKey& key, std::string_view found,
                               std::string hint = {}) {
  return fail(ErrorCode::invalid_value,
              fmt::format("{} expects {}, not {}.", key.path, expected_value(key), found),
              std::move(hint));
}

bool within(const Bounds& bounds, std::uint64_t value) {
  return value >= bounds.min && value <= bounds.max;
}

// Digits without a leading zero, which means octal to some readers and nothing to others.
std::optional<std::uint64_t> whole_number(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

std::string number_hint(std::string_view text) {
  const std::size_t first = text.find_first_not_of('0');
  const bool octal = text.size() > 1 && first > 0 && first != std::string_view::npos &&
                     whole_number(text.substr(first));
  return octal ? fmt::format("Write {}; a leading zero means octal elsewhere.", text.substr(first))
               : std::string{};
}

Result<std::uint64_t> read_count(const ConfigKey& key, const GivenText& given) {
  const auto value = whole_number(given.text);
  if (value && given.spelling == Spelling::quoted) {
    return refused(key, shown(given), "Remove the quotes.");
  }
  if (!value || !within(key.bounds, *value)) {
    return refused(key, shown(given), number_hint(given.text));
  }
  return *value;
}

std::string size_hint(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos) return {};
  const std::string unit = lower_ascii(trimmed(text.substr(digits)));
  for (const Unit& known : kSizeUnits) {
    const std::string name = lower_ascii(known.name);
    const bool near = unit == name || unit == name.substr(0, 1) ||
                      (name.size() > 1 && unit == fmt::format("{}b", name[0]));
    if (near) {
      return fmt::format("Write {}{}; units count in steps of 1024.", text.substr(0, digits),
                         known.name);
    }
  }
  return "Write for example 64MiB, 1GiB or a number of bytes.";
}

Result<std::uint64_t> read_size(const ConfigKey& key, const GivenText& given) {
  const std::string_view text = given.text;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = whole_number(text.substr(0, digits));
  const std::string_view name = text.substr(digits);
  const auto unit = std::ranges::find(kSizeUnits, name.empty() ? "B" : name, &Unit::name);
  if (!count || unit == kSizeUnits.end()) {
    const std::string octal = number_hint(text);
    return refused(key, shown(given), octal.empty() ? size_hint(text) : octal);
  }
  std::uint64_t bytes = 0;
  const bool fits = !__builtin_mul_overflow(*count, unit->factor, &bytes);
  if (!fits || !within(key.bounds, bytes)) return refused(key, shown(given));
  return bytes;
}

Result<Duration> read_duration(const ConfigKey& key, const GivenText& given) {
  const std::string_view text = given.text;
  const auto number = whole_number(text);
  if (number && key.kind == ValueKind::duration) {
    return refused(key, shown(given), fmt::format("Add the unit: {0}s, {0}m, {0}h or {0}d.", text));
  }
  if (number && within(key.bounds, *number)) {
    return Duration::milliseconds(static_cast<std::int64_t>(*number));
  }
  const Result<Duration> read =
      text.starts_with('P') ? parse_iso_duration(text) : parse_short_duration(text);
  if (!read || !within(key.bounds, static_cast<std::uint64_t>(read->ms()))) {
    return refused(key, shown(given), number_hint(text));
  }
  return *read;
}

Result<bool> read_toggle(const ConfigKey& key, const GivenText& given) {
  constexpr std::array<std::string_view, 5> kOn{"yes", "on", "true", "1", "y"};
  constexpr std::array<std::string_view, 5> kOff{"no", "off", "false", "0", "n"};
  if (given.spelling != Spelling::quoted) {
    if (given.text == "true") return true;
    if (given.text == "false") return false;
  }
  const std::string lower = lower_ascii(given.text);
  if (std::ranges::find(kOn, lower) != kOn.end()) return refused(key, shown(given), "Write true.");
  if (std::ranges::find(kOff, lower) != kOff.end()) {
    return refused(key, shown(given), "Write false.");
  }
  return refused(key, shown(given));
}

template <HasWords E>
Result<E> read_word(const ConfigKey& key, std::string_view text) {
  if (const std::optional<E> value = from_word<E>(text)) return *value;
  std::vector<std::string_view> words;
  for (const auto& [enumerator, word] : Words<E>::rows) words.push_back(word);
  const std::string_view near = nearest_name(text, words);
  return refused(key, shown(text), near.empty() ? "" : fmt::format("Did you mean {}?", near));
}

bool is_name(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

// host:port, [v6]:port or :port. The listener reads the host; a port must be one in any case.
bool is_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view host = text.substr(0, colon);
  const bool v6 = host.starts_with('[') && host.ends_with(']');
  const auto port = whole_number(text.substr(colon + 1));
  return port && *port <= 65'535 && (v6 || host.find(':') == std::string_view::npos) &&
         host.find_first_of(" /") == std::string_view::npos;
}

std::optional<std::string> url_objection(std::string_view text) {
  const std::size_t scheme = text.find("://");
  const bool whole = scheme != std::string_view::npos && scheme > 0 && scheme + 3 < text.size();
  if (!whole || text.find(' ') != std::string_view::npos) return "Write scheme://host:port.";
  const std::string_view rest = text.substr(scheme + 3);
  if (rest.substr(0, rest.find_first_of("/?#")).find('@') != std::string_view::npos) {
    return "Take the credentials out of it; they belong into a file.";
  }
  return std::nullopt;
}

// What to do about a text that a key of this kind cannot have.
std::optional<std::string> text_objection(ValueKind kind, std::string_view text) {
  if (text.size() > kTextBytesMax) return "Shorten it.";
  if (escape_control(text) != text) return "Remove the control character.";
  if (text.empty()) return std::nullopt;
  const bool is_path = kind == ValueKind::path || kind == ValueKind::paths;
  if (is_path && text.starts_with('~')) return "Write the whole path; ~ is not expanded.";
  if (kind == ValueKind::paths && !text.starts_with('/')) return "Begin it with /.";
  if (kind == ValueKind::name && !is_name(text)) return "Use letters, digits, '.', '_' and '-'.";
  if (kind == ValueKind::address && !is_address(text)) return "Write for example 127.0.0.1:8080.";
  return kind == ValueKind::url ? url_objection(text) : std::nullopt;
}

Result<std::string> read_text(const ConfigKey& key, std::string_view text, const GivenText& given) {
  if (auto objection = text_objection(key.kind, text)) {
    const bool secret = key.kind == ValueKind::url && text.find('@') != std::string_view::npos;
    return refused(key, secret ? "one with credentials" : shown(given), std::move(*objection));
  }
  if (!within(key.bounds, text.size())) return refused(key, shown(given));
  return std::string(text);
}

// One text stands for a list of its parts, as Spring has it. An empty text is an empty list.
std::vector<std::string> items_of(const GivenValue& given) {
  if (const auto* list = std::get_if<std::vector<std::string>>(&given)) return *list;
  std::vector<std::string> items;
  const std::string_view text = trimmed(std::get<GivenText>(given).text);
  if (text.empty()) return items;
  for (const std::string_view item : split(text, ',')) items.emplace_back(trimmed(item));
  return items;
}

template <class Item>
Result<std::vector<Item>> read_items(const ConfigKey& key, const GivenValue& given) {
  const std::vector<std::string> items = items_of(given);
  if (!within(key.bounds, items.size())) {
    return refused(key, items.empty() ? "an empty list" : fmt::format("{} items", items.size()));
  }
  std::vector<Item> read;
  for (const std::string& item : items) {
    if constexpr (std::is_enum_v<Item>) {
      Result<Item> value = read_word<Item>(key, item);
      if (!value) return fail(std::move(value.error()));
      read.push_back(*value);
    } else {
      if (item.empty()) return refused(key, "an empty item");
      if (auto objection = text_objection(key.kind, item)) {
        return refused(key, shown(item), std::move(*objection));
      }
      read.push_back(item);
    }
  }
  return read;
}

template <class T>
Result<T> read_as(const ConfigKey& key, const GivenText& given) {
  if constexpr (std::is_same_v<T, std::string>) {
    return read_text(key, given.text, given);
  } else if constexpr (std::is_same_v<T, bool>) {
    return read_toggle(key, given);
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    return key.kind == ValueKind::size ? read_size(key, given) : read_count(key, given);
  } else if constexpr (std::is_same_v<T, Duration>) {
    return read_duration(key, given);
  } else {
    return read_word<T>(key, given.text);
  }
}

template <class T>
Result<T> read_given(const ConfigKey& key, const GivenValue& given) {
  if constexpr (kIsVector<T>) {
    return read_items<typename T::value_type>(key, given);
  } else {
    const auto* text = std::get_if<GivenText>(&given);
    return text == nullptr ? refused(key, "a list") : read_as<T>(key, *text);
  }
}

std::string size_text(std::uint64_t bytes) {
  for (const Unit& unit : kSizeUnits) {
    const bool whole = bytes > 0 && bytes % unit.factor == 0 && unit.factor > 1;
    if (whole) return fmt::format("{}{}", bytes / unit.factor, unit.name);
  }
  return fmt::to_string(bytes);
}

std::string duration_text(std::uint64_t ms) {
  if (ms == 0) return "0s";
  std::string text;
  for (const Unit& unit : kTimeUnits) {
    if (ms >= unit.factor) text += fmt::format("{}{}", ms / unit.factor, unit.name);
    ms %= unit.factor;
  }
  return text;
}

enum class Quotes : std::uint8_t { none, yaml };

std::string quoted(std::string_view text, Quotes quotes) {
  if (quotes == Quotes::none) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + '"';
}

std::string number_text(ValueKind kind, std::uint64_t value) {
  if (kind == ValueKind::size) return size_text(value);
  if (kind == ValueKind::duration) return duration_text(value);
  return fmt::to_string(value);
}

template <class T>
std::string text_of(const ConfigKey& key, const T& value, Quotes quotes) {
  if constexpr (std::is_same_v<T, std::string>) {
    return quoted(value, quotes);
  } else if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    return number_text(key.kind, value);
  } else if constexpr (std::is_same_v<T, Duration>) {
    return number_text(key.kind, static_cast<std::uint64_t>(value.ms()));
  } else if constexpr (kIsVector<T>) {
    std::vector<std::string> items;
    for (const auto& item : value) items.push_back(text_of(key, item, quotes));
    if (quotes == Quotes::none) return fmt::format("{}", fmt::join(items, ","));
    return fmt::format("[{}]", fmt::join(items, ", "));
  } else {
    return std::string(word_of(value));
  }
}

std::string text_of(const ConfigKey& key, const ServerConfig& config, Quotes quotes) {
  return std::visit([&](const auto* member) { return text_of(key, *member, quotes); },
                    key.member.of(config));
}

std::string words_of(const ConfigKey& key) {
  const ServerConfig config;
  return std::visit(
      []<class T>(const T*) -> std::string {
        if constexpr (HasWords<T>) {
          return all_words<T>();
        } else if constexpr (std::is_same_v<T, std::vector<Role>>) {
          return all_words<Role>();
        } else {
          return {};
        }
      },
      key.member.of(config));
}

std::string range_text(const ConfigKey& key) {
  return fmt::format("{} to {}", number_text(key.kind, key.bounds.min),
                     number_text(key.kind, key.bounds.max));
}

}  // namespace

Result<void> read_value(const ConfigKey& key, const GivenValue& given, ServerConfig& config) {
  return std::visit(
      [&]<class T>(T* member) -> Result<void> {
        Result<T> value = read_given<T>(key, given);
        if (!value) return fail(std::move(value.error()));
        *member = std::move(*value);
        return {};
      },
      key.member.of(config));
}

std::string print_value(const ConfigKey& key, const ServerConfig& config) {
  return text_of(key, config, Quotes::yaml);
}

std::string plain_value(const ConfigKey& key, const ServerConfig& config) {
  return text_of(key, config, Quotes::none);
}

std::string expected_value(const ConfigKey& key) {
  const bool optional = key.bounds.min == 0;
  switch (key.kind) {
    case ValueKind::text:
      return optional ? "a text" : "a text that is not empty";
    case ValueKind::name:
      return fmt::format("a name of {} to {} characters", key.bounds.min, key.bounds.max);
    case ValueKind::path:
      return "a path";
    case ValueKind::address:
      return "an address and port";
    case ValueKind::url:
      return "a URL without credentials";
    case ValueKind::texts:
      return optional ? "a list of texts" : "a list of one or more texts";
    case ValueKind::paths:
      return "a list of absolute paths";
    case ValueKind::toggle:
      return "true or false";
    case ValueKind::count:
      return fmt::format("a whole number, {}", range_text(key));
    case ValueKind::size:
      return fmt::format("a size, {}", range_text(key));
    case ValueKind::duration:
      return fmt::format("a duration, {}", range_text(key));
    case ValueKind::milliseconds:
      return fmt::format("a number of milliseconds, {}", range_text(key));
    case ValueKind::word:
      return fmt::format("one of {}", words_of(key));
    case ValueKind::words:
      return fmt::format("a list of {}", words_of(key));
  }
  std::unreachable();
}

}  // namespace carillon::server
