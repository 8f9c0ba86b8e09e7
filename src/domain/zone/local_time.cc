#include "domain/zone/local_time.h"

#include <fmt/format.h>

namespace carillon {

std::string to_text(LocalDate date) {
  const LocalDate::Civil civil = date.civil();
  return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

std::string to_text(LocalTime time) {
  const int second = time.second_of_day();
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", to_text(time.date()), second / 3600,
                                 second / 60 % 60, second % 60);
  const std::int64_t fraction = time.ms() - floor_div(time.ms(), kMsPerSecond) * kMsPerSecond;
  if (fraction != 0) text += fmt::format(".{:03}", fraction);
  return text;
}

}  // namespace carillon
