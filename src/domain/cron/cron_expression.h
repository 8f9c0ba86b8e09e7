// CronExpression: a set of local times, given as sets of values per field. Matches by day
// arithmetic.
//
// Value, immutable, no dialect left in it: the parser (cron_parser.h) has turned every dialect into
// the same sets. Knows nothing of zones; domain/plan turns local times into instants.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>

#include "domain/zone/local_time.h"

namespace carillon {

// Times of one day. Bit n = value n.
struct CronTimes {
  std::uint64_t seconds = 0;
  std::uint64_t minutes = 0;
  std::uint32_t hours = 0;

  friend bool operator==(const CronTimes&, const CronTimes&) = default;
};

// Days of any month, before the month is known.
struct CronDays {
  // How the day of month and the day of week work together.
  enum class Joined : std::uint8_t { both, either };

  std::uint32_t days = 0;              // Bit n = day n, 1..31.
  std::uint32_t days_before_last = 0;  // Bit n = n days before the last; bit 0 = the last.
  std::uint32_t nearest_weekday = 0;   // Bit n = the Monday to Friday nearest to day n.
  std::uint32_t last_weekday =
      0;                      // Bit n = the Monday to Friday nearest to n days before the last.
  std::uint8_t weekdays = 0;  // Bit n = weekday n, 0 = Sunday.
  std::uint8_t last_weekdays = 0;              // Bit n = the last weekday n of the month.
  std::array<std::uint8_t, 5> nth_weekdays{};  // [k - 1], bit n = the k-th weekday n.
  Joined joined = Joined::both;

  friend bool operator==(const CronDays&, const CronDays&) = default;
};

using CronYears = std::bitset<kLastYear - kFirstYear + 1>;

// Section 4 of the rules: daylight saving treats an expression that names moments (fixed) unlike
// one that names a rhythm (wildcard: seconds, minutes or hours begin with `*`).
enum class CronShape : std::uint8_t { fixed, wildcard };

struct CronFields {
  CronTimes times;
  CronDays days;
  std::uint16_t months = 0;  // Bit n = month n, 1..12.
  CronYears years;           // Bit n = year 1970 + n.
  CronShape shape = CronShape::fixed;

  friend bool operator==(const CronFields&, const CronFields&) = default;
};

class CronExpression {
 public:
  // Requires every set of times, months and years to be non-empty.
  explicit CronExpression(const CronFields& fields);

  [[nodiscard]] bool matches(LocalTime time) const;

  // The least match in [from, to), if any. Matches are whole seconds of 1970 to 2199.
  //
  // Cost  one table look-up per month between from and the match, or to.
  [[nodiscard]] std::optional<LocalTime> first_in(LocalTime from, LocalTime to) const;

  // The greatest match in [from, to), if any.
  //
  // Cost  as first_in.
  [[nodiscard]] std::optional<LocalTime> last_in(LocalTime from, LocalTime to) const;

  // The least match after a local time.
  [[nodiscard]] std::optional<LocalTime> next(LocalTime after) const {
    return first_in(LocalTime::from_ms(after.ms() + 1), kLocalEnd);
  }

  // The days of a month that match; bit d - 1 = day d. Zero outside 1970..2199.
  [[nodiscard]] std::uint32_t days_of(int year, int month) const;

  [[nodiscard]] bool matches_date(LocalDate date) const;

  [[nodiscard]] const CronTimes& times() const { return fields_.times; }
  [[nodiscard]] CronShape shape() const { return fields_.shape; }
  [[nodiscard]] const CronFields& fields() const { return fields_; }

 private:
  [[nodiscard]] std::optional<LocalDate> first_date_in(LocalDate from, LocalDate to) const;
  [[nodiscard]] std::optional<LocalDate> last_date_in(LocalDate from, LocalDate to) const;

  CronFields fields_;
  // The matching days of each kind of month: 28 to 31 days, beginning on one of 7 weekdays.
  std::array<std::uint32_t, 28> days_by_kind_{};
};

}  // namespace carillon
