#include "base/rfc3339.h"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace carillon {
namespace {

constexpr std::int64_t kMsPerDay = 86'400'000;

// Reads exactly `width` digits and moves past them.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take_char(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// Milliseconds of the date part, or nullopt when there is no such date.
std::optional<std::int64_t> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take_char(text, "-")) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take_char(text, "-")) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count() * kMsPerDay;
}

// The fraction in milliseconds, rounded up; 0 when there is none.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take_char(text, ".")) return 0;
  std::int64_t ms = 0;
  std::size_t digits = 0;
  bool finer = false;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 3) {
      ms = ms * 10 + (text.front() - '0');
    } else {
      finer = finer || text.front() != '0';
    }
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) ms *= 10;
  return ms + (finer ? 1 : 0);
}

std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take_char(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59 || !take_char(text, ":")) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *second > 59) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  return ((*hour * 60 + *minute) * 60 + *second) * 1000LL + *fraction;
}

std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take_char(text, "zZ")) return 0;
  if (text.empty()) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take_char(text, "+-")) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take_char(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  return sign * (*hour * 60 + *minute) * 60'000LL;
}

std::optional<std::int64_t> take_date_time(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take_char(text, "tT ")) return std::nullopt;
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return *date + *time - *offset;
}

// Exactly `width` digits, with leading zeros. Every list and answer is full of instants, and the
// general formatter took a third of the time that rendering a task took.
void append_digits(std::string& out, std::uint64_t value, std::size_t width) {
  std::array<char, 8> digits{};
  for (std::size_t at = width; at-- > 0; value /= 10) {
    digits.at(at) = static_cast<char>('0' + value % 10);
  }
  out.append(digits.data(), width);
}

// A text that was refused, as part of one line.
std::string shown(std::string_view text) {
  constexpr std::size_t kShownMax = 64;
  return escape_control(text.substr(0, kShownMax));
}

}  // namespace

void append_rfc3339(std::string& out, Instant t) {
  const std::int64_t ms = t.unix_ms();
  std::int64_t days = ms / kMsPerDay;
  std::int64_t rest = ms % kMsPerDay;
  if (rest < 0) {
    rest += kMsPerDay;
    --days;
  }
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(days)}}};
  const int year = static_cast<int>(date.year());
  if (year >= 0 && year <= 9999) {
    append_digits(out, static_cast<std::uint64_t>(year), 4);
  } else {
    out += fmt::format("{:04}", year);  // Only sums of instants and durations lie so far away.
  }
  const auto ms_of_day = static_cast<std::uint64_t>(rest);
  const auto append_part = [&out](char before, std::uint64_t value) {
    out.push_back(before);
    append_digits(out, value, 2);
  };
  append_part('-', static_cast<unsigned>(date.month()));
  append_part('-', static_cast<unsigned>(date.day()));
  append_part('T', ms_of_day / 3'600'000);
  append_part(':', ms_of_day / 60'000 % 60);
  append_part(':', ms_of_day / 1000 % 60);
  out.push_back('.');
  append_digits(out, ms_of_day % 1000, 3);
  out.push_back('Z');
}

std::string to_rfc3339(Instant t) {
  std::string out;
  out.reserve(24);
  append_rfc3339(out, t);
  return out;
}

Result<Instant> parse_rfc3339(std::string_view text) {
  const auto ms = take_date_time(text);
  if (!ms) {
    return fail(ErrorCode::invalid_value, fmt::format("'{}' is not a date-time.", shown(text)),
                "Write it like 2026-11-24T20:30:00Z or 2026-11-24T21:30:00+01:00.");
  }
  if (*ms < 0 || *ms > kInstantMax.unix_ms()) {
    return fail(ErrorCode::invalid_value,
                fmt::format("'{}' lies outside 1970 to 2199.", shown(text)),
                "Use an instant from 1970-01-01T00:00:00Z to 2199-12-31T23:59:59.999Z.");
  }
  return Instant::from_unix_ms(*ms);
}

}  // namespace carillon
