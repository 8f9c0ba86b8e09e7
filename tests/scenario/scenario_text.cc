#include "tests/scenario/scenario_text.h"

#include <charconv>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "base/text.h"
#include "domain/words.h"

namespace carillon {

namespace {

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  bool any = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    if (letter == '{' && !any) {
      // A JSON document: the rest of the line, quotes included.
      words.emplace_back(trimmed(line.substr(i)));
      break;
    }
    if (letter == '"') {
      quoted = !quoted;
      any = true;
    } else if (!quoted && letter == '#') {
      break;
    } else if (!quoted && (letter == ' ' || letter == '\t' || letter == '\r')) {
      if (any) words.push_back(std::exchange(word, {}));
      any = false;
    } else {
      word.push_back(letter);
      any = true;
    }
  }
  if (any) words.push_back(std::move(word));
  return words;
}

std::unexpected<Error> wrong(std::string_view what, std::string_view text) {
  return fail(ErrorCode::invalid_value, fmt::format("'{}' is no {}.", text, what));
}

template <class T>
Result<void> set_value(T& value, std::string_view text);

template <class T>
Result<void> set_number(T& value, std::string_view text) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return wrong("number", text);
  return {};
}

template <class T>
Result<void> set_list(std::vector<T>& values, std::string_view text) {
  values.clear();
  for (const std::string_view item : split(text, ',')) {
    if (auto set = set_value(values.emplace_back(), item); !set) return set;
  }
  return {};
}

template <class T>
Result<void> set_value(T& value, std::string_view text) {
  if constexpr (std::is_same_v<T, bool>) {
    if (text != "true" && text != "false") return wrong("true or false", text);
    value = text == "true";
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = text;
  } else if constexpr (std::is_same_v<T, JsonText>) {
    value = JsonText(std::string(text));
  } else if constexpr (std::is_same_v<T, QueueName>) {
    value = QueueName(std::string(text));
  } else if constexpr (std::is_integral_v<T>) {
    return set_number(value, text);
  } else if constexpr (std::is_same_v<T, Instant>) {
    auto moment = parse_rfc3339(text);
    if (!moment) return fail(std::move(moment.error()));
    value = *moment;
  } else if constexpr (std::is_same_v<T, Duration>) {
    auto span = parse_span(text);
    if (!span) return fail(std::move(span.error()));
    value = *span;
  } else if constexpr (HasWords<T>) {
    const auto found = from_word<T>(text);
    if (!found) return wrong(all_words<T>(), text);
    value = *found;
  } else if constexpr (kIsOptional<T>) {
    return set_value(value.emplace(), text);
  } else if constexpr (kIsVector<T>) {
    return set_list(value, text);
  } else {
    return wrong("value that a scenario can write", text);
  }
  return {};
}

// False when no field has that name; looks into the named groups of a definition as well.
template <HasFields T>
bool set_if_named(T& value, std::string_view name, std::string_view text, Result<void>& done) {
  bool found = false;
  for_each_field<T>([&](const auto& row) {
    if (found) return;
    auto& member = value.*(row.member);
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (std::is_same_v<Member, ScheduleSpec> || std::is_same_v<Member, Timeouts> ||
                  std::is_same_v<Member, RetryPolicy>) {
      found = set_if_named(member, name, text, done);
    } else if (row.name == name) {
      found = true;
      done = set_value(member, text);
    }
  });
  return found;
}

}  // namespace

std::vector<ScenarioLine> scenario_lines(std::string_view text) {
  std::vector<ScenarioLine> lines;
  std::size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    std::vector<std::string> words = words_of(line);
    if (!words.empty()) lines.push_back({.number = number, .words = std::move(words)});
  }
  return lines;
}

Result<Duration> parse_span(std::string_view text) {
  constexpr std::pair<std::string_view, std::int64_t> kUnits[]{
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  std::string_view rest = text;
  Duration sum;
  do {
    std::int64_t count = 0;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (read.ec != std::errc{}) return wrong("duration such as 1h30m", text);
    rest.remove_prefix(static_cast<std::size_t>(read.ptr - rest.data()));
    std::int64_t unit_ms = 0;
    for (const auto& [unit, ms] : kUnits) {
      if (unit_ms != 0 || !rest.starts_with(unit)) continue;
      unit_ms = ms;
      rest.remove_prefix(unit.size());
    }
    if (unit_ms == 0) return wrong("duration such as 1h30m", text);
    sum = sum + Duration::milliseconds(count * unit_ms);
  } while (!rest.empty());
  return sum;
}

Result<Instant> parse_moment(std::string_view text, Instant day) {
  if (text.contains('T')) return parse_rfc3339(text);
  const std::string date = to_rfc3339(day).substr(0, 11);
  return parse_rfc3339(date + std::string(text) + (text.size() == 5 ? ":00Z" : "Z"));
}

Result<void> set_field(TaskDefinition& definition, std::string_view name, std::string_view value) {
  Result<void> done;
  if (!set_if_named(definition, name, value, done)) return wrong("field of a task", name);
  return done;
}

}  // namespace carillon
