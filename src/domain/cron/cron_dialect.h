// CronDialect: whose cron an expression is written for. One row of the words tables.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/words.h"

namespace carillon {

enum class CronDialect : std::uint8_t {
  auto_detect,  // Decided by the number of fields; never stored.
  spring,       // seconds minutes hours day month weekday
  unix_cron,    // minutes hours day month weekday
  quartz,       // seconds minutes hours day month weekday [year]
};

template <>
struct Words<CronDialect> {
  static constexpr std::array<std::pair<CronDialect, std::string_view>, 4> rows{{
      {CronDialect::auto_detect, "auto"},
      {CronDialect::spring, "spring"},
      {CronDialect::unix_cron, "unix"},
      {CronDialect::quartz, "quartz"},
  }};
};

}  // namespace carillon
