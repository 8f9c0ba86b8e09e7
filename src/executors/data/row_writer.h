// Rows out of a query: as CSV, JSON lines or one JSON array. Pure text; the file is the caller's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "executors/data/cell.h"

namespace carillon {

enum class RowFormat : std::uint8_t { csv, jsonl, json };

class RowWriter {
 public:
  RowWriter(RowFormat format, std::vector<std::string> columns);

  // Text before the first row, of one row, and after the last. CSV lines end with LF.
  [[nodiscard]] std::string head() const;
  [[nodiscard]] std::string row(const Row& row);
  [[nodiscard]] std::string tail() const;

 private:
  const RowFormat format_;
  const std::vector<std::string> columns_;
  std::uint64_t rows_ = 0;
};

// A row as an object; of two columns with one name the last counts.
boost::json::object row_object(const std::vector<std::string>& columns, const Row& row);

}  // namespace carillon
