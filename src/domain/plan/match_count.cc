#include "domain/plan/match_count.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "base/check.h"

namespace carillon {
namespace {

constexpr std::size_t kCronsMax = 32;
constexpr int kMinutesPerHour = 60;
constexpr int kSecondsPerMinute = 60;

// Which of the expressions are meant; bit n = expression n.
using CronSet = std::uint32_t;

class MatchCounter {
 public:
  explicit MatchCounter(std::span<const CronExpression> crons) : crons_(crons) {
    CARILLON_CHECK(crons.size() <= kCronsMax);
  }

  // Matches on one date between two seconds of the day, [from, to).
  [[nodiscard]] std::uint64_t within_day(LocalDate date, int from, int to) const {
    CronSet set = 0;
    for (std::size_t i = 0; i < crons_.size(); ++i) {
      if (crons_[i].matches_date(date)) set |= 1U << i;
    }
    return times_of(set, from, to);
  }

  // Matches on all dates of [from, to).
  std::uint64_t whole_days(LocalDate from, LocalDate to) {
    std::uint64_t count = 0;
    while (from < to) {
      const LocalDate::Civil civil = from.civil();
      const LocalDate month_end = LocalDate::from_days(from.days() - civil.day + 1 +
                                                       days_in_month(civil.year, civil.month));
      const LocalDate end = std::min(month_end, to);
      const auto length = static_cast<int>(end.days() - from.days());
      const std::uint32_t dates = ((1U << (length - 1) << 1) - 1) << (civil.day - 1);
      count += in_month(civil, dates);
      from = end;
    }
    return count;
  }

 private:
  // Matches on some dates of one month; bit d - 1 = day d.
  std::uint64_t in_month(const LocalDate::Civil& month, std::uint32_t dates) {
    std::array<std::uint32_t, kCronsMax> days{};
    for (std::size_t i = 0; i < crons_.size(); ++i) {
      days[i] = crons_[i].days_of(month.year, month.month);
    }
    std::uint64_t count = 0;
    while (dates != 0) {
      // All dates on which exactly the same expressions match as on the first one left.
      const std::uint32_t first = dates & (~dates + 1);
      std::uint32_t alike = dates;
      CronSet set = 0;
      for (std::size_t i = 0; i < crons_.size(); ++i) {
        const bool matches = (days[i] & first) != 0;
        if (matches) set |= 1U << i;
        alike &= matches ? days[i] : ~days[i];
      }
      count += static_cast<std::uint64_t>(std::popcount(alike)) * times_of_whole_day(set);
      dates &= ~alike;
    }
    return count;
  }

  std::uint64_t times_of_whole_day(CronSet set) {
    for (const auto& [known, times] : per_day_) {
      if (known == set) return times;
    }
    const std::uint64_t times = times_of(set, 0, kSecondsPerDay);
    per_day_.emplace_back(set, times);
    return times;
  }

  // Different times of day that the set matches in [from, to).
  [[nodiscard]] std::uint64_t times_of(CronSet set, std::int64_t from, std::int64_t to) const {
    if (set == 0) return 0;
    std::uint64_t count = 0;
    for (std::int64_t minute = from / kSecondsPerMinute; minute * kSecondsPerMinute < to;
         ++minute) {
      std::uint64_t seconds = seconds_of(set, static_cast<int>(minute));
      const std::int64_t begin = std::max<std::int64_t>(from - minute * kSecondsPerMinute, 0);
      const std::int64_t end =
          std::min<std::int64_t>(to - minute * kSecondsPerMinute, kSecondsPerMinute);
      seconds = seconds >> begin << begin;
      seconds &= (1ULL << end) - 1;
      count += static_cast<std::uint64_t>(std::popcount(seconds));
    }
    return count;
  }

  [[nodiscard]] std::uint64_t seconds_of(CronSet set, int minute_of_day) const {
    std::uint64_t seconds = 0;
    for (; set != 0; set &= set - 1) {
      const CronTimes& times = crons_[static_cast<std::size_t>(std::countr_zero(set))].times();
      const bool matches = (times.hours >> (minute_of_day / kMinutesPerHour) & 1) != 0 &&
                           (times.minutes >> (minute_of_day % kMinutesPerHour) & 1) != 0;
      if (matches) seconds |= times.seconds;
    }
    return seconds;
  }

  std::span<const CronExpression> crons_;
  std::vector<std::pair<CronSet, std::uint64_t>> per_day_;  // A schedule has few kinds of day.
};

// Matches are whole seconds, so a fraction counts as the second that follows.
LocalTime whole_second(LocalTime time) {
  return LocalTime::from_ms(-floor_div(-time.ms(), kMsPerSecond) * kMsPerSecond);
}

}  // namespace

std::uint64_t count_matches(std::span<const CronExpression> crons, LocalTime from, LocalTime to) {
  from = whole_second(std::max(from, kLocalBegin));
  to = whole_second(std::min(to, kLocalEnd));
  if (from >= to) return 0;
  MatchCounter counter(crons);
  const LocalDate first = from.date();
  const LocalDate last = to.date();
  if (first == last) return counter.within_day(first, from.second_of_day(), to.second_of_day());
  return counter.within_day(first, from.second_of_day(), kSecondsPerDay) +
         counter.whole_days(LocalDate::from_days(first.days() + 1), last) +
         counter.within_day(last, 0, to.second_of_day());
}

}  // namespace carillon
