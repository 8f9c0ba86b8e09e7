// For tests only: reads the tables in golden/, one case per line, columns between bars.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "domain/zone/local_time.h"

namespace carillon::testing {

struct GoldenRow {
  std::string where;                 // File and line, for failures.
  std::vector<std::string> columns;  // Trimmed.
};

// The rows of a file beside the tests. Empty lines and lines that begin with # are left out.
inline std::vector<GoldenRow> golden_rows(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(CARILLON_TEST_DATA) / "golden" / name;
  std::ifstream file(path);
  std::vector<GoldenRow> rows;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (trimmed(line).empty() || line.front() == '#') continue;
    GoldenRow row{.where = name + ":" + std::to_string(number), .columns = {}};
    for (const std::string_view part : split(line, '|')) row.columns.emplace_back(trimmed(part));
    rows.push_back(std::move(row));
  }
  return rows;
}

// The parts of one column between commas, trimmed; a dot alone stands for none.
inline std::vector<std::string> golden_list(std::string_view column) {
  std::vector<std::string> parts;
  if (column == ".") return parts;
  for (const std::string_view part : split(column, ',')) parts.emplace_back(trimmed(part));
  return parts;
}

// Reads `2026-03-29T02:30:00`; the tables are ours, so nothing is checked.
inline LocalTime local_time(const std::string& text) {
  const auto number = [&text](std::size_t at, std::size_t width) {
    return std::atoi(text.substr(at, width).c_str());
  };
  return LocalTime::of(LocalDate::of(number(0, 4), number(5, 2), number(8, 2)),
                       number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2));
}

}  // namespace carillon::testing
