#include "executors/data/private_database.h"

#include <algorithm>
#include <array>
#include <climits>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/text.h"
#include "executors/net/webhook_signature.h"

namespace carillon {
namespace {

constexpr int kStepsBetweenLooks = 10'000;
constexpr std::uint64_t kPageBytes = 4096;
constexpr int kValueBytes = 16 << 20;  // Also bounds group_concat, zeroblob and their like.

std::unexpected<Error> sqlite_error(sqlite3* database, int code) {
  switch (code & 0xFF) {
    case SQLITE_INTERRUPT:
      return fail(ErrorCode::timed_out, "The query was stopped.");
    case SQLITE_FULL:
      return fail(ErrorCode::storage_full, "The attempt's database reached its size bound.",
                  "Select fewer columns or rows.");
    case SQLITE_AUTH:
      return fail(ErrorCode::invalid_value,
                  fmt::format("This SQL is not allowed here: {}.", sqlite3_errmsg(database)),
                  "Use SELECT and statements on the attempt's own tables.");
    default:
      return fail(ErrorCode::invalid_value,
                  fmt::format("SQL: {}.", escape_control(sqlite3_errmsg(database))));
  }
}

bool is_refused_function(std::string_view name) {
  constexpr std::array<std::string_view, 3> kRefused{"load_extension", "fts3_tokenizer",
                                                     "readfile"};
  return std::ranges::any_of(kRefused,
                             [&](std::string_view no) { return equal_ignoring_case(name, no); });
}

// Only what reads and writes tables of this one database; the list is of what is allowed, so that
// actions of a newer SQLite are refused until someone has thought about them.
int verdict_on(int action, const char* function) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_RECURSIVE:
    case SQLITE_TRANSACTION:
    case SQLITE_CREATE_TABLE:
    case SQLITE_CREATE_TEMP_TABLE:
    case SQLITE_CREATE_INDEX:
    case SQLITE_CREATE_TEMP_INDEX:
    case SQLITE_CREATE_VIEW:
    case SQLITE_CREATE_TEMP_VIEW:
    case SQLITE_DROP_TABLE:
    case SQLITE_DROP_TEMP_TABLE:
    case SQLITE_DROP_VIEW:
    case SQLITE_DROP_TEMP_VIEW:
    case SQLITE_REINDEX:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return function != nullptr && is_refused_function(function) ? SQLITE_DENY : SQLITE_OK;
    default:
      return SQLITE_DENY;
  }
}

int look_at_stop(void* is_stopped) {
  return (*static_cast<std::function<bool()>*>(is_stopped))() ? 1 : 0;
}

void bind(sqlite3_stmt* statement, int at, const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    sqlite3_bind_int64(statement, at, *integer);
  } else if (const auto* real = std::get_if<double>(&cell)) {
    sqlite3_bind_double(statement, at, *real);
  } else if (const auto* text = std::get_if<std::string>(&cell)) {
    sqlite3_bind_text64(statement, at, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  } else {
    sqlite3_bind_null(statement, at);
  }
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void PrivateDatabase::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<Statement> Statement::prepare(sqlite3* database, std::string_view sql,
                                     std::string_view& rest) {
  sqlite3_stmt* raw = nullptr;
  const char* tail = sql.data() + sql.size();
  const auto bytes = static_cast<int>(std::min<std::size_t>(sql.size(), INT_MAX));
  const int code = sqlite3_prepare_v3(database, sql.data(), bytes, 0, &raw, &tail);
  if (code != SQLITE_OK) return sqlite_error(database, code);
  rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
  Statement statement;
  statement.statement_.reset(raw);
  return statement;
}

int Statement::columns() const { return sqlite3_column_count(statement_.get()); }

std::string Statement::column_name(int column) const {
  const char* name = sqlite3_column_name(statement_.get(), column);
  return name == nullptr ? std::string{} : name;
}

Result<void> Statement::insert(const Row& row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    bind(statement_.get(), static_cast<int>(i) + 1, row[i]);
  }
  const auto stepped = step();
  sqlite3_reset(statement_.get());
  if (!stepped) return std::unexpected(stepped.error());
  return {};
}

Result<Statement::Step> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return Step::row;
  if (code == SQLITE_DONE) return Step::done;
  return sqlite_error(sqlite3_db_handle(statement_.get()), code);
}

Cell Statement::cell(int column) const {
  sqlite3_stmt* statement = statement_.get();
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT: {
      const double real = sqlite3_column_double(statement, column);
      return std::isfinite(real) ? Cell(real) : Cell(std::monostate{});
    }
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      std::string copy(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
      return is_utf8(copy) ? copy : escape_control(copy);
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      return size == 0 ? std::string{} : to_base64({bytes, size});
    }
    default:
      return std::monostate{};
  }
}

Result<PrivateDatabase> PrivateDatabase::open(std::uint64_t size_bytes,
                                              std::function<bool()> is_stopped) {
  PrivateDatabase result;
  result.is_stopped_ = std::make_unique<std::function<bool()>>(std::move(is_stopped));
  sqlite3* raw = nullptr;
  // The empty name: a private database that moves from memory to an unnamed file when it grows.
  const int code = sqlite3_open_v2(
      "", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  result.database_.reset(raw);
  if (code != SQLITE_OK) return fail(ErrorCode::io_failed, "SQLite cannot open a database.");
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, kValueBytes);
  sqlite3_limit(raw, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(raw, SQLITE_LIMIT_EXPR_DEPTH, 200);
  sqlite3_limit(raw, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000);
  sqlite3_progress_handler(raw, kStepsBetweenLooks, &look_at_stop, result.is_stopped_.get());
  auto set_up = result.execute(
      fmt::format("PRAGMA page_size={}; PRAGMA max_page_count={}; PRAGMA journal_mode=MEMORY; "
                  "PRAGMA synchronous=OFF; PRAGMA temp_store=FILE; PRAGMA cache_size=-16384;",
                  kPageBytes, std::max<std::uint64_t>(size_bytes / kPageBytes, 16)));
  if (!set_up) return std::unexpected(std::move(set_up.error()));
  return result;
}

Result<void> PrivateDatabase::execute(std::string_view sql) {
  std::string_view rest = sql;
  while (!trimmed(rest).empty()) {
    auto statement = Statement::prepare(database_.get(), rest, rest);
    if (!statement) return std::unexpected(std::move(statement.error()));
    if (statement->is_empty()) continue;
    auto stepped = statement->step();
    while (stepped && *stepped == Statement::Step::row) stepped = statement->step();
    if (!stepped) return std::unexpected(std::move(stepped.error()));
  }
  return {};
}

Result<Statement> PrivateDatabase::prepare(std::string_view sql) const {
  std::string_view rest;
  return Statement::prepare(database_.get(), sql, rest);
}

Result<Statement> PrivateDatabase::prepare(std::string_view sql, std::string_view& rest) const {
  return Statement::prepare(database_.get(), sql, rest);
}

void PrivateDatabase::lock_down() {
  sqlite3_set_authorizer(
      database_.get(),
      [](void*, int action, const char*, const char* second, const char*, const char*) {
        return verdict_on(action, second);
      },
      nullptr);
}

std::string quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace carillon
