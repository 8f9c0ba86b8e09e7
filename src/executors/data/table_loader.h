// TableLoader: rows of text or JSON into a table of a private database, in one pass.
//
// The first rows are kept back to learn the columns' kinds; later rows that do not fit a kind keep
// their text, so nothing is lost (`007` stays `007`). One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "executors/data/cell.h"
#include "executors/data/private_database.h"

namespace carillon {

enum class TableFormat : std::uint8_t { csv, jsonl };

// The format that a path's ending names.
std::optional<TableFormat> format_of_path(std::string_view path);

class TableLoader {
 public:
  // The table is made when the first rows are known.
  TableLoader(PrivateDatabase& database, std::string table);

  // Reads the descriptor to its end. `is_stopped` is asked once per 64 KiB.
  //
  // Errors  invalid_value, storage_full, io_failed, timed_out
  Result<void> load(int fd, TableFormat format, const std::function<bool()>& is_stopped);

  // Adds a JSON object; members that are new become columns.
  Result<void> add(const boost::json::object& row);

  // Writes what is still kept back. Must be called once, at the end.
  Result<void> finish();

  [[nodiscard]] std::uint64_t rows() const { return rows_; }

 private:
  enum class Kind : std::uint8_t { integer, real, text };

  Result<void> load_csv(int fd, const std::function<bool()>& is_stopped);
  Result<void> load_jsonl(int fd, const std::function<bool()>& is_stopped);
  Result<void> add_csv_record(std::vector<std::string>& record);
  Result<void> add_json_line(std::string_view line);
  Result<void> keep(Row row);
  Result<void> write_sample();
  Result<void> write(Row& row);
  Result<void> open_table();
  Result<void> add_column(std::string name);
  Result<void> prepare_insert();
  void learn_kinds();

  PrivateDatabase& database_;
  const std::string table_;
  std::vector<std::string> columns_;
  std::unordered_map<std::string, std::size_t> column_at_;
  std::vector<Kind> kinds_;  // Of CSV columns; JSON values have their own.
  std::vector<Row> sample_;
  std::optional<Statement> insert_;
  std::uint64_t rows_ = 0;
  enum class Stage : std::uint8_t { sampling, writing } stage_ = Stage::sampling;
};

}  // namespace carillon
