#include "adapters/embedded/sqlite/sqlite_connection.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/uuid.h"
#include "domain/filter/fold_case.h"

namespace carillon {
namespace {

// Another connection of this process may hold the write lock for one batch.
constexpr int kBusyTimeoutMs = 10'000;

// Of SQLite's virtual machine, between two calls of who wants to know of progress.
constexpr int kInstructionsBetween = 64;

// SQLite counts what it allocates under one lock for the whole process; nobody reads the count.
// Refused once SQLite is in use, and then the lock stays.
void stop_counting_memory() {
  static const int code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  std::ignore = code;
}

// The file names of SQLite itself stay out of messages: users must not have to know the path.
std::unexpected<Error> sqlite_failure(int code, const char* detail) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return fail(ErrorCode::storage_full, "The disk is full while writing a view.",
                  "Free some space; nothing is lost, and views catch up by themselves.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fail(ErrorCode::corrupt, fmt::format("A view database is damaged: {}.", detail),
                  "It is rebuilt from the engine's facts.");
    default:
      return fail(ErrorCode::io_failed,
                  fmt::format("A view database failed: {} (SQLite code {}).", detail, code));
  }
}

std::unexpected<Error> sqlite_failure(sqlite3* connection) {
  if (connection == nullptr) {
    return fail(ErrorCode::unavailable, "The views are being rebuilt.", "Try again shortly.");
  }
  return sqlite_failure(sqlite3_extended_errcode(connection), sqlite3_errmsg(connection));
}

// fold_case(text) in SQL, for parameters, which are kept as typed.
void fold_case_in_sql(sqlite3_context* context, int, sqlite3_value** arguments) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  if (text == nullptr) {
    sqlite3_result_null(context);
    return;
  }
  const auto bytes = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
  const std::string folded = fold_case({text, bytes});
  sqlite3_result_text(context, folded.data(), static_cast<int>(folded.size()), SQLITE_TRANSIENT);
}

// uuid_text(bytes) in SQL: the id as people write it, which the tables do not keep.
void uuid_text_in_sql(sqlite3_context* context, int, sqlite3_value** arguments) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(arguments[0]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
  const auto id = bytes == nullptr ? std::nullopt : uuid_from_raw({bytes, size});
  if (!id) {
    sqlite3_result_null(context);
    return;
  }
  const std::string text = to_text(*id);
  sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

void add_functions(sqlite3* connection) {
  constexpr int kPure = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  sqlite3_create_function_v2(connection, "fold_case", 1, kPure | SQLITE_DIRECTONLY, nullptr,
                             fold_case_in_sql, nullptr, nullptr, nullptr);
  sqlite3_create_function_v2(connection, "uuid_text", 1, kPure | SQLITE_DIRECTONLY, nullptr,
                             uuid_text_in_sql, nullptr, nullptr, nullptr);
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

// A bind fails only for a wrong parameter number or a statement in use, both our own mistakes, and
// the step that follows then reports a misuse.
void SqliteStatement::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), next_++, value);
}

void SqliteStatement::bind(std::string_view text) {
  sqlite3_bind_text64(statement_.get(), next_++, text.empty() ? "" : text.data(), text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
}

void SqliteStatement::bind(BlobView blob) {
  sqlite3_bind_blob64(statement_.get(), next_++, blob.bytes.empty() ? "" : blob.bytes.data(),
                      blob.bytes.size(), SQLITE_STATIC);
}

void SqliteStatement::bind(std::nullptr_t) { sqlite3_bind_null(statement_.get(), next_++); }

void SqliteStatement::bind(const SqlValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    bind(*number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    bind(std::string_view(*text));
  } else {
    bind(BlobView{std::get<SqlBlob>(value).bytes});
  }
}

Result<bool> SqliteStatement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  auto failure = sqlite_failure(sqlite3_db_handle(statement_.get()));
  reset();
  return failure;
}

Result<void> SqliteStatement::run() {
  auto row = step();
  if (!row) return std::unexpected(std::move(row.error()));
  if (*row) reset();
  return {};
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_.get());
  next_ = 1;
}

std::uint64_t SqliteStatement::changes() const {
  return static_cast<std::uint64_t>(sqlite3_changes64(sqlite3_db_handle(statement_.get())));
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view SqliteStatement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes == nullptr ? std::string_view{}
                          : std::string_view(static_cast<const char*>(bytes), size);
}

bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void SqliteConnection::Close::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

Result<SqliteConnection> SqliteConnection::open(const std::string& path, Access access) {
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == Access::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                             : SQLITE_OPEN_READWRITE);
  stop_counting_memory();
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  SqliteConnection connection;
  connection.connection_.reset(raw);
  if (code != SQLITE_OK) return sqlite_failure(code, sqlite3_errstr(code));
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  add_functions(raw);
  // NORMAL syncs at checkpoints only: a view may fall back to an older moment, never break. The
  // write-ahead log is moved into the file every 32 MiB, because each move costs two syncs.
  auto ready = connection.execute(
      access == Access::write
          ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
            "PRAGMA wal_autocheckpoint=8192; PRAGMA journal_size_limit=67108864;"
            "PRAGMA temp_store=MEMORY;"
          : "PRAGMA query_only=1; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY;");
  if (!ready) return std::unexpected(std::move(ready.error()));
  return connection;
}

Result<void> SqliteConnection::execute(std::string_view sql) {
  if (!connection_) return sqlite_failure(nullptr);
  const std::string text(sql);
  if (sqlite3_exec(connection_.get(), text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    return {};
  }
  return sqlite_failure(connection_.get());
}

Result<SqliteStatement> SqliteConnection::prepare(std::string_view sql, Lifetime lifetime) const {
  if (!connection_) return sqlite_failure(nullptr);
  sqlite3_stmt* raw = nullptr;
  const unsigned flags = lifetime == Lifetime::kept ? SQLITE_PREPARE_PERSISTENT : 0;
  const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                      flags, &raw, nullptr);
  SqliteStatement statement;
  statement.statement_.reset(raw);
  if (code != SQLITE_OK) return sqlite_failure(connection_.get());
  return statement;
}

Result<std::optional<std::int64_t>> SqliteConnection::query_integer(std::string_view sql) const {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(std::move(statement.error()));
  auto row = statement->step();
  if (!row) return std::unexpected(std::move(row.error()));
  if (!*row) return std::optional<std::int64_t>{};
  return std::optional{statement->integer(0)};
}

std::uint64_t SqliteConnection::changes() const {
  return static_cast<std::uint64_t>(sqlite3_changes64(connection_.get()));
}

void SqliteConnection::on_progress(const std::function<void()>& called) {
  if (!connection_) return;  // Its file could not be made anew; SQLite would take null for one.
  if (!called) {
    sqlite3_progress_handler(connection_.get(), 0, nullptr, nullptr);
    return;
  }
  sqlite3_progress_handler(
      connection_.get(), kInstructionsBetween,
      [](void* function) {
        (*static_cast<const std::function<void()>*>(function))();
        return 0;  // Go on.
      },
      const_cast<std::function<void()>*>(&called));
}

Result<SqliteTransaction> SqliteTransaction::begin(SqliteConnection& connection) {
  auto begun = connection.execute("BEGIN IMMEDIATE");
  if (!begun) return std::unexpected(std::move(begun.error()));
  return SqliteTransaction(&connection);
}

SqliteTransaction::SqliteTransaction(SqliteTransaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

SqliteTransaction::~SqliteTransaction() {
  // SQLite has already undone the transaction after some errors, and then this one is idle.
  if (connection_ != nullptr) std::ignore = connection_->execute("ROLLBACK");
}

Result<void> SqliteTransaction::commit() {
  auto committed = connection_->execute("COMMIT");
  if (committed) connection_ = nullptr;
  return committed;
}

void remove_database(const std::string& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix, ignored);
}

void move_database_aside(const std::string& path) {
  std::error_code ignored;
  std::filesystem::rename(path, path + ".damaged", ignored);
  remove_database(path);
}

}  // namespace carillon
