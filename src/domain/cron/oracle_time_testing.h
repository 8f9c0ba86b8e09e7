// From the product's local time to the oracle's, which shares nothing with it. For tests.
#pragma once

#include "domain/cron/cron_oracle.h"
#include "domain/zone/local_time.h"

namespace carillon::testing {

inline OracleTime oracle_time(LocalTime time) {
  const LocalDate::Civil date = time.date().civil();
  const int second = time.second_of_day();
  return {.year = date.year,
          .month = date.month,
          .day = date.day,
          .hour = second / 3600,
          .minute = second / 60 % 60,
          .second = second % 60};
}

}  // namespace carillon::testing
