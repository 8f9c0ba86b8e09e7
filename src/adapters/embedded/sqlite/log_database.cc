#include "adapters/embedded/sqlite/log_database.h"

#include <utility>

#include <fmt/format.h>

namespace carillon {
namespace {

constexpr std::int64_t kLogSchemaVersion = 1;

constexpr std::string_view kTables = R"sql(
CREATE TABLE attempts(
  key INTEGER PRIMARY KEY,
  task BLOB NOT NULL,
  run INTEGER NOT NULL,
  number INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  dropped INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  UNIQUE(task, run, number)
);
CREATE INDEX attempts_by_age ON attempts(last_at);
CREATE TABLE lines(
  attempt INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  text BLOB NOT NULL,
  PRIMARY KEY(attempt, sequence)
) WITHOUT ROWID;
)sql";

enum class LogFileState : std::uint8_t { fresh, kept, unusable };

LogFileState examine(const SqliteConnection& connection) {
  const auto tables = connection.query_integer("SELECT count(*) FROM sqlite_schema");
  const auto version = connection.query_integer("PRAGMA user_version");
  if (!tables || !version) return LogFileState::unusable;
  if (tables->value_or(0) == 0 && version->value_or(0) == 0) return LogFileState::fresh;
  if (version->value_or(0) != kLogSchemaVersion) return LogFileState::unusable;
  for (const std::string_view probe : {"SELECT key + last_at FROM attempts LIMIT 1",
                                       "SELECT sequence + length(text) FROM lines LIMIT 1"}) {
    if (!connection.query_integer(probe)) return LogFileState::unusable;
  }
  return LogFileState::kept;
}

BlobView task_of(const AttemptId& attempt) { return BlobView{attempt.run.task.value().raw()}; }

}  // namespace

Result<LogDatabase> LogDatabase::open(const std::string& path) {
  LogDatabase database;
  auto state = LogFileState::unusable;
  if (auto opened = SqliteConnection::open(path, SqliteConnection::Access::write)) {
    database.connection_ = std::move(*opened);
    state = examine(database.connection_);
  } else if (opened.error().code != ErrorCode::corrupt) {
    return std::unexpected(std::move(opened.error()));
  }
  if (state == LogFileState::kept) return database;
  if (state == LogFileState::unusable) {
    database.set_aside_ = true;
    database.connection_ = SqliteConnection();
    move_database_aside(path);
    auto opened = SqliteConnection::open(path, SqliteConnection::Access::write);
    if (!opened) return std::unexpected(std::move(opened.error()));
    database.connection_ = std::move(*opened);
  }
  auto transaction = SqliteTransaction::begin(database.connection_);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  auto made = database.connection_.execute(
      fmt::format("{} PRAGMA user_version = {}", kTables, kLogSchemaVersion));
  if (made) made = transaction->commit();
  if (!made) return std::unexpected(std::move(made.error()));
  return database;
}

Result<LogMark> LogDatabase::mark(const AttemptId& attempt) const {
  auto statement = connection_.prepare(
      "SELECT key, last_sequence, bytes, dropped FROM attempts "
      "WHERE task = ?1 AND run = ?2 AND number = ?3");
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind_all(task_of(attempt), attempt.run.number, attempt.number);
  auto row = statement->step();
  if (!row) return std::unexpected(std::move(row.error()));
  if (!*row) return LogMark{};
  return LogMark{.key = statement->integer(0),
                 .last_sequence = static_cast<std::uint64_t>(statement->integer(1)),
                 .bytes = static_cast<std::size_t>(statement->integer(2)),
                 .dropped = static_cast<std::uint64_t>(statement->integer(3))};
}

Result<std::vector<LogMark>> LogDatabase::write(std::span<const LogBatch> batches) {
  auto transaction = SqliteTransaction::begin(connection_);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  std::vector<LogMark> marks;
  for (const LogBatch& batch : batches) {
    auto mark = write_batch(batch);
    if (!mark) return std::unexpected(std::move(mark.error()));
    marks.push_back(*mark);
  }
  auto committed = transaction->commit();
  if (!committed) return std::unexpected(std::move(committed.error()));
  return marks;
}

Result<LogMark> LogDatabase::write_batch(const LogBatch& batch) {
  auto known = mark(batch.attempt);
  if (!known) return known;
  LogMark mark = *known;
  mark.dropped += batch.dropped;
  const std::uint64_t first = mark.last_sequence;
  mark.last_sequence += batch.lines.size();
  for (const LogLine& line : batch.lines) mark.bytes += line.text.size();
  auto upsert = connection_.prepare(
      "INSERT INTO attempts(task, run, number, last_sequence, bytes, dropped, last_at) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(task, run, number) DO UPDATE SET "
      "last_sequence = excluded.last_sequence, bytes = excluded.bytes, "
      "dropped = excluded.dropped, last_at = max(last_at, excluded.last_at) RETURNING key");
  if (!upsert) return std::unexpected(std::move(upsert.error()));
  upsert->bind_all(task_of(batch.attempt), batch.attempt.run.number, batch.attempt.number,
                   mark.last_sequence, mark.bytes, mark.dropped,
                   batch.lines.empty() ? Instant{} : batch.lines.back().at);
  auto row = upsert->step();
  if (!row) return std::unexpected(std::move(row.error()));
  mark.key = upsert->integer(0);
  upsert->reset();
  auto insert = connection_.prepare("INSERT INTO lines VALUES (?1, ?2, ?3, ?4, ?5)");
  if (!insert) return std::unexpected(std::move(insert.error()));
  std::uint64_t sequence = first;
  for (const LogLine& line : batch.lines) {
    insert->bind_all(mark.key, ++sequence, line.at, line.stream, BlobView{line.text});
    if (auto done = insert->run(); !done) return std::unexpected(std::move(done.error()));
  }
  return mark;
}

Result<std::vector<LogLine>> LogDatabase::read(const AttemptId& attempt, std::uint64_t sequence,
                                               std::size_t limit) const {
  auto statement = connection_.prepare(
      "SELECT sequence, at, stream, text FROM lines WHERE attempt = (SELECT key FROM attempts "
      "WHERE task = ?1 AND run = ?2 AND number = ?3) AND sequence > ?4 ORDER BY sequence LIMIT ?5");
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind_all(task_of(attempt), attempt.run.number, attempt.number, sequence, limit);
  std::vector<LogLine> lines;
  while (true) {
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return lines;
    lines.push_back({.sequence = static_cast<std::uint64_t>(statement->integer(0)),
                     .at = Instant::from_unix_ms(statement->integer(1)),
                     .stream = static_cast<LogStream>(statement->integer(2)),
                     .text = std::string(statement->text(3))});
  }
}

Result<std::uint64_t> LogDatabase::forget_before(Instant before) {
  auto transaction = SqliteTransaction::begin(connection_);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  std::uint64_t removed = 0;
  for (const std::string_view sql :
       {"DELETE FROM lines WHERE attempt IN (SELECT key FROM attempts WHERE last_at < ?1)",
        "DELETE FROM attempts WHERE last_at < ?1"}) {
    auto statement = connection_.prepare(sql);
    if (!statement) return std::unexpected(std::move(statement.error()));
    statement->bind_all(before);
    if (auto done = statement->run(); !done) return std::unexpected(std::move(done.error()));
    removed = connection_.changes();
  }
  auto committed = transaction->commit();
  if (!committed) return std::unexpected(std::move(committed.error()));
  return removed;
}

}  // namespace carillon
