// For tests only: a second, naive reading of cron expressions. It looks at one moment at a time,
// item by item, shares no code with the parser or the engine, and understands valid expressions
// only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/cron/cron_dialect.h"

namespace carillon::testing {

struct OracleTime {
  int year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

class CronOracle {
 public:
  CronOracle(std::string_view expression, CronDialect dialect);

  [[nodiscard]] bool matches_day(const OracleTime& t) const;
  [[nodiscard]] bool matches_time(const OracleTime& t) const;
  [[nodiscard]] bool matches(const OracleTime& t) const {
    return matches_time(t) && matches_day(t);
  }
  // Whether daylight saving treats it as a rhythm.
  [[nodiscard]] bool is_wildcard() const;

 private:
  [[nodiscard]] bool weekday_item(const std::string& item, const OracleTime& t) const;
  [[nodiscard]] bool month_day_item(const std::string& item, const OracleTime& t) const;
  [[nodiscard]] bool plain_item(const std::string& item, int field, int value) const;
  [[nodiscard]] bool any_plain_item(std::size_t field, int value) const;

  CronDialect dialect_;
  std::vector<std::string> fields_;              // Seconds first, year last, in capitals.
  std::vector<std::vector<std::string>> items_;  // The fields between their commas.
  std::vector<std::vector<bool>> plain_;         // [field][value], for fields without day items.
};

}  // namespace carillon::testing
