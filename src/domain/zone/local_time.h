// LocalDate and LocalTime: what a calendar and a clock on the wall show, with no zone attached.
//
// Values of the proleptic Gregorian calendar; all functions are pure. A local time never compares
// with an Instant: only ZoneRules (zone_rules.h) turns one into the other.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace carillon {

inline constexpr int kFirstYear = 1970;  // The years that users may name, both inclusive.
inline constexpr int kLastYear = 2199;

inline constexpr std::int64_t kMsPerSecond = 1'000;
inline constexpr std::int64_t kSecondsPerDay = 86'400;
inline constexpr std::int64_t kMsPerDay = kSecondsPerDay * kMsPerSecond;

// a / b rounded towards minus infinity. Requires b > 0.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-(a + 1)) / b) - 1;
}

constexpr bool is_leap_year(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

// 28 to 31. Requires month 1..12.
constexpr int days_in_month(int year, int month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

class LocalDate {
 public:
  struct Civil {
    int year = kFirstYear;
    int month = 1;  // 1..12
    int day = 1;    // 1..31

    friend bool operator==(const Civil&, const Civil&) = default;
  };

  constexpr LocalDate() = default;
  [[nodiscard]] static constexpr LocalDate from_days(std::int64_t days_since_1970) {
    return LocalDate(days_since_1970);
  }
  // Requires a date that exists.
  [[nodiscard]] static constexpr LocalDate of(int year, int month, int day) {
    // Years begin in March here, so that the leap day is the last day of a year.
    const std::int64_t shifted_year = month <= 2 ? year - 1 : year;
    const std::int64_t era = floor_div(shifted_year, 400);
    const std::int64_t year_of_era = shifted_year - era * 400;
    const std::int64_t months_since_march = (month + 9) % 12;
    const std::int64_t day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return LocalDate(era * kDaysPerEra + day_of_era - kDaysFromMarchOfYear0To1970);
  }

  [[nodiscard]] constexpr std::int64_t days() const { return days_; }
  // 0 = Sunday ... 6 = Saturday.
  [[nodiscard]] constexpr int weekday() const {
    constexpr int kThursday = 4;  // 1970-01-01
    const std::int64_t shifted = days_ + kThursday;
    return static_cast<int>(shifted - floor_div(shifted, 7) * 7);
  }
  [[nodiscard]] constexpr Civil civil() const {
    const std::int64_t shifted = days_ + kDaysFromMarchOfYear0To1970;
    const std::int64_t era = floor_div(shifted, kDaysPerEra);
    const std::int64_t day_of_era = shifted - era * kDaysPerEra;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t months_since_march = (5 * day_of_year + 2) / 153;
    const std::int64_t month =
        months_since_march < 10 ? months_since_march + 3 : months_since_march - 9;
    return {.year = static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
            .month = static_cast<int>(month),
            .day = static_cast<int>(day_of_year - (153 * months_since_march + 2) / 5 + 1)};
  }

  friend constexpr auto operator<=>(LocalDate, LocalDate) = default;

 private:
  static constexpr std::int64_t kDaysPerEra = 146'097;  // 400 years
  static constexpr std::int64_t kDaysFromMarchOfYear0To1970 = 719'468;

  explicit constexpr LocalDate(std::int64_t days) : days_(days) {}
  std::int64_t days_ = 0;
};

class LocalTime {
 public:
  constexpr LocalTime() = default;
  // Milliseconds since 1970-01-01T00:00 on the same wall.
  [[nodiscard]] static constexpr LocalTime from_ms(std::int64_t ms) { return LocalTime(ms); }
  [[nodiscard]] static constexpr LocalTime of(LocalDate date, std::int64_t second_of_day = 0) {
    return LocalTime((date.days() * kSecondsPerDay + second_of_day) * kMsPerSecond);
  }

  [[nodiscard]] constexpr std::int64_t ms() const { return ms_; }
  [[nodiscard]] constexpr LocalDate date() const {
    return LocalDate::from_days(floor_div(ms_, kMsPerDay));
  }
  // 0..86399; the fraction of a second is dropped.
  [[nodiscard]] constexpr int second_of_day() const {
    return static_cast<int>((ms_ - date().days() * kMsPerDay) / kMsPerSecond);
  }

  friend constexpr auto operator<=>(LocalTime, LocalTime) = default;

 private:
  explicit constexpr LocalTime(std::int64_t ms) : ms_(ms) {}
  std::int64_t ms_ = 0;
};

// The first local time that users may name, and the first one after the last.
inline constexpr LocalTime kLocalBegin = LocalTime::of(LocalDate::of(kFirstYear, 1, 1));
inline constexpr LocalTime kLocalEnd = LocalTime::of(LocalDate::of(kLastYear + 1, 1, 1));

// `2026-03-29`.
std::string to_text(LocalDate date);

// `2026-03-29T02:30:00`, with `.123` only when there is a fraction.
std::string to_text(LocalTime time);

}  // namespace carillon
