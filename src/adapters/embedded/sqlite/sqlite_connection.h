// One SQLite connection and its statements, with errors as Results. Adapter internals.
//
// One thread at a time per connection. Statements must end before their connection.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/instant.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace carillon {

// Bytes that SQLite shall keep as a blob, not as text. The owner keeps them alive.
struct BlobView {
  std::string_view bytes;
};

// A value that outlives the call which made it, for statements put together at run time.
struct SqlBlob {
  std::string bytes;
  friend bool operator==(const SqlBlob&, const SqlBlob&) = default;
};
using SqlValue = std::variant<std::int64_t, std::string, SqlBlob>;

class SqliteStatement {
 public:
  SqliteStatement() = default;

  // Binds the values from the first parameter on. Bytes are not copied.
  //
  // Requires  text and blobs stay alive until the next reset
  template <class... Values>
  void bind_all(const Values&... values) {
    next_ = 1;
    (bind(values), ...);
  }

  // Binds one more value after those already bound.
  void bind(std::int64_t value);
  void bind(std::string_view text);
  void bind(BlobView blob);
  void bind(std::nullptr_t);
  void bind(const SqlValue& value);
  void bind(Instant value) { bind(value.unix_ms()); }
  template <class Integer>
    requires std::integral<Integer> || std::is_enum_v<Integer>
  void bind(Integer value) {
    bind(static_cast<std::int64_t>(value));
  }
  template <class Value>
  void bind(const std::optional<Value>& value) {
    if (value) {
      bind(*value);
    } else {
      bind(nullptr);
    }
  }

  // The next row; false after the last one, and the statement can be bound again.
  //
  // Errors  storage_full, corrupt, io_failed; the statement is reset
  Result<bool> step();

  // Runs a statement that gives no rows.
  Result<void> run();

  void reset();

  // Rows changed by the last statement of the connection, for after run().
  [[nodiscard]] std::uint64_t changes() const;

  // Columns of the current row, from 0. Bytes live until the next step or reset.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class SqliteConnection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int next_ = 1;
};

class SqliteConnection {
 public:
  enum class Access : std::uint8_t { write, read };

  // Opens a database file in WAL mode; `write` creates it.
  //
  // Guarantees  after a loss of power the file is whole and may lack the last commits
  // Errors      corrupt (not a database), storage_full, io_failed
  static Result<SqliteConnection> open(const std::string& path, Access access);

  // Runs statements that give no rows, separated by semicolons.
  Result<void> execute(std::string_view sql);

  // Compiles one statement. With `kept` it will be used many times.
  enum class Lifetime : std::uint8_t { once, kept };
  Result<SqliteStatement> prepare(std::string_view sql, Lifetime lifetime = Lifetime::once) const;

  // The first column of the first row; none without rows.
  Result<std::optional<std::int64_t>> query_integer(std::string_view sql) const;

  // Rows changed by the last statement.
  [[nodiscard]] std::uint64_t changes() const;

  // Statements call it now and then while they run, every some ten microseconds. The function
  // must outlive the connection; an empty one ends the calls.
  void on_progress(const std::function<void()>& called);

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, Close> connection_;
};

// A transaction that is undone unless it is committed.
class SqliteTransaction {
 public:
  // Takes the write lock at once. Requires the connection to outlive the transaction.
  static Result<SqliteTransaction> begin(SqliteConnection& connection);

  SqliteTransaction(SqliteTransaction&& other) noexcept;
  SqliteTransaction& operator=(SqliteTransaction&&) = delete;
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;
  ~SqliteTransaction();

  Result<void> commit();

 private:
  explicit SqliteTransaction(SqliteConnection* connection) : connection_(connection) {}
  SqliteConnection* connection_;
};

// Removes a database and the files that SQLite keeps beside it. Missing files are fine.
void remove_database(const std::string& path);

// Renames a damaged database to `<path>.damaged`, over an older one, for whoever wants to look.
void move_database_aside(const std::string& path);

}  // namespace carillon
