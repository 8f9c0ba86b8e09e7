// PrivateDatabase: a SQLite database of one attempt that nothing else can see and that sees nothing
// else.
//
// It lives in memory and spills to an unnamed temporary file, up to a bound. Once locked down, SQL
// of the user cannot attach files, set pragmas or load code. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "executors/data/cell.h"

struct sqlite3;
struct sqlite3_stmt;

namespace carillon {

class Statement {
 public:
  // The rest of the SQL behind the first statement is left in `rest`; a blank text gives a
  // statement without columns.
  static Result<Statement> prepare(sqlite3* database, std::string_view sql, std::string_view& rest);

  [[nodiscard]] bool is_empty() const { return statement_ == nullptr; }
  [[nodiscard]] int columns() const;
  [[nodiscard]] std::string column_name(int column) const;

  // Binds from 1 and steps to the end; for inserts.
  Result<void> insert(const Row& row);

  enum class Step : std::uint8_t { row, done };

  // Errors  as PrivateDatabase::execute
  Result<Step> step();

  [[nodiscard]] Cell cell(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class PrivateDatabase {
 public:
  // `is_stopped` is asked every few thousand steps of a query.
  //
  // Errors  io_failed
  static Result<PrivateDatabase> open(std::uint64_t size_bytes, std::function<bool()> is_stopped);

  // Errors  invalid_value  SQLite's own words: syntax, unknown names, a refused action
  //         storage_full   the bound of the database's size
  //         timed_out      is_stopped said so
  Result<void> execute(std::string_view sql);

  [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;
  [[nodiscard]] Result<Statement> prepare(std::string_view sql, std::string_view& rest) const;

  // From now on only statements on its own tables are allowed.
  void lock_down();

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<std::function<bool()>> is_stopped_;  // SQLite keeps its address.
  std::unique_ptr<sqlite3, Close> database_;
};

// The name in double quotes, for use in SQL.
std::string quoted_name(std::string_view name);

}  // namespace carillon
