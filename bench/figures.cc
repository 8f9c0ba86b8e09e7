#include "figures.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace carillon::bench {
namespace {

std::string_view verdict_of(const Figure& figure) {
  if (!figure.budget) return "";
  const bool kept = figure.better == Better::lower ? figure.value <= *figure.budget
                                                   : figure.value >= *figure.budget;
  return kept ? "pass" : "FAIL";
}

std::string number(double value) {
  return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

std::string number_or_null(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : "null";
}

std::string ratio_of(const Figure& figure) {
  if (!figure.yardstick || *figure.yardstick == 0) return "";
  return fmt::format("{:.2f}", figure.value / *figure.yardstick);
}

}  // namespace

void FigureTable::add(Figure figure) {
  fmt::print(
      "{{\"figure\":\"{}\",\"value\":{:.6g},\"unit\":\"{}\",\"yardstick\":\"{}\","
      "\"yardstickValue\":{},\"budget\":{},\"verdict\":\"{}\"}}\n",
      figure.name, figure.value, figure.unit, figure.yardstick_name,
      number_or_null(figure.yardstick), number_or_null(figure.budget), verdict_of(figure));
  std::fflush(stdout);
  figures_.push_back(std::move(figure));
}

void FigureTable::print() const {
  std::size_t width = 0;
  for (const Figure& figure : figures_) width = std::max(width, figure.name.size());
  constexpr const char* kRow = "{:<{}} {:>9} {:<6} {:>9} {:>6}  {:<38} {:>10} {}\n";
  fmt::print("\n");
  fmt::print(fmt::runtime(kRow), "figure", width, "value", "unit", "yardstick", "ratio", "of",
             "budget", "");
  for (const Figure& figure : figures_) {
    std::string budget;
    if (figure.budget) {
      budget = fmt::format("{} {}",
                           figure.better == Better::lower ? "<=" : ">=", number(*figure.budget));
    }
    fmt::print(fmt::runtime(kRow), figure.name, width, number(figure.value), figure.unit,
               figure.yardstick ? number(*figure.yardstick) : "", ratio_of(figure),
               figure.yardstick_name, budget, verdict_of(figure));
  }
}

}  // namespace carillon::bench
