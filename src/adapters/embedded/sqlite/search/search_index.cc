#include "adapters/embedded/sqlite/search/search_index.h"

#include <algorithm>
#include <utility>

namespace carillon {
namespace {

constexpr std::string_view kLastKey = "SELECT coalesce(max(key), 0) FROM tasks";
constexpr std::string_view kIndexedKey = "SELECT value FROM meta WHERE name = 'searchable'";

constexpr std::string_view kIndexPiece = R"sql(
INSERT INTO search(rowid, name, description, type, tags, created_by)
SELECT key, name, description, type, tags, created_by FROM tasks
WHERE key > ?1 AND key <= ?2 ORDER BY key)sql";
constexpr std::string_view kPutIndexedKey =
    "UPDATE meta SET value = ?2 WHERE name = 'searchable' AND value = ?1";

Result<void> run(const SqliteConnection& connection, std::string_view sql, std::int64_t from,
                 std::int64_t to) {
  auto statement = connection.prepare(sql);
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind_all(from, to);
  return statement->run();
}

}  // namespace

Result<void> SearchIndex::load(const SqliteConnection& connection) {
  const auto indexed = connection.query_integer(kIndexedKey);
  if (!indexed) return std::unexpected(indexed.error());
  const auto last = connection.query_integer(kLastKey);
  if (!last) return std::unexpected(last.error());
  indexed_key_ = indexed->value_or(0);
  last_key_ = std::max(last->value_or(0), indexed_key_.load());
  return {};
}

Result<void> SearchIndex::index_piece(SqliteConnection& connection) {
  const std::int64_t from = indexed_key_;
  const std::int64_t to = std::min<std::int64_t>(from + kPieceTasks, last_key_);
  if (from == to) return {};
  auto transaction = SqliteTransaction::begin(connection);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  auto done = run(connection, kIndexPiece, from, to);
  if (done) done = run(connection, kPutIndexedKey, from, to);
  if (done) done = transaction->commit();
  if (done) indexed_key_ = to;
  return done;
}

Backlog SearchIndex::backlog() const {
  const std::int64_t waiting = last_key_ - indexed_key_;
  if (waiting == 0) return Backlog::none;
  return waiting > kWaitingMax ? Backlog::large : Backlog::small;
}

}  // namespace carillon
