// For tests only: RapidCheck generators of valid cron expressions, simple ones first.
#pragma once

#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/cron/cron_dialect.h"

namespace carillon::testing {

inline std::string one_of(const std::vector<std::string>& choices) {
  return *rc::gen::elementOf(choices);
}

inline std::string number_in(int low, int high) {
  return std::to_string(*rc::gen::inRange(low, high + 1));
}

// A field of plain values: star, value, range, step, list.
inline std::string plain_field(int low, int high, CronDialect dialect) {
  const int a = *rc::gen::inRange(low, high + 1);
  const int b = *rc::gen::inRange(a, high + 1);
  const std::string range = std::to_string(a) + "-" + std::to_string(b);
  std::vector<std::string> choices{"*",           std::to_string(a),
                                   range,         range + "/3",
                                   "*/7",         std::to_string(a) + "," + std::to_string(b),
                                   "*/2," + range};
  if (dialect != CronDialect::unix_cron) choices.push_back(std::to_string(a) + "/4");
  if (dialect == CronDialect::quartz) {
    choices.push_back("/5");
    choices.push_back(std::to_string(b) + "-" + std::to_string(a) + "/2");
  }
  return one_of(choices);
}

inline std::string month_day_field(CronDialect dialect) {
  if (dialect == CronDialect::unix_cron || *rc::gen::inRange(0, 2) == 0) {
    return plain_field(1, 28, dialect);
  }
  std::vector<std::string> choices{"L", "LW", "L-" + number_in(1, 27), number_in(1, 31) + "W"};
  if (dialect == CronDialect::quartz) choices.push_back("L-" + number_in(1, 27) + "W");
  if (dialect == CronDialect::spring) choices.push_back("L,15W," + number_in(1, 31));
  return one_of(choices);
}

inline std::string week_day_field(CronDialect dialect) {
  std::vector<std::string> choices{"*", "MON", "MON-FRI", "2-6/2", "*/2", "SAT,SUN"};
  if (dialect != CronDialect::quartz) choices.push_back("5-7");
  if (dialect == CronDialect::spring) {
    for (const char* more : {"7-2", "SUN-TUE", "0/2", "7/2", "FRI-SUN", "FRIL,MON#1", "?"}) {
      choices.emplace_back(more);
    }
  }
  if (dialect == CronDialect::quartz) {
    for (const char* more : {"FRI-MON", "6-2", "L", "7-2/2"}) choices.emplace_back(more);
  }
  if (dialect != CronDialect::unix_cron) {
    for (const char* more : {"FRIL", "TUE#2", "2#4", "7L"}) choices.emplace_back(more);
  }
  return one_of(choices);
}

// The two day fields and the month between them; quartz wants `?` in exactly one.
inline std::string day_fields(CronDialect dialect) {
  std::string month_day = month_day_field(dialect);
  std::string week_day = week_day_field(dialect);
  if (dialect == CronDialect::quartz) {
    (*rc::gen::inRange(0, 2) == 0 ? month_day : week_day) = "?";
  }
  const std::string month = one_of({"*", "*", "3,4,10,11", "MAR-NOV", "*/2"});
  return month_day + " " + month + " " + week_day;
}

inline std::string sample_expression(CronDialect dialect) {
  const std::string minutes = plain_field(0, 59, dialect);
  const std::string hours = one_of({"*", "2", "1-3", "*/2", "0,2,23"});
  const std::string rest = minutes + " " + hours + " " + day_fields(dialect);
  if (dialect == CronDialect::unix_cron) return rest;
  return one_of({"0", "30", "*/20", "0,59"}) + " " + rest;
}

inline CronDialect sample_dialect() {
  return *rc::gen::element(CronDialect::spring, CronDialect::unix_cron, CronDialect::quartz);
}

}  // namespace carillon::testing
