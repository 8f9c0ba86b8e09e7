#include "adapters/embedded/sqlite/view_schema.h"

#include <utility>

#include <fmt/format.h>

namespace carillon {
namespace {

// Text columns hold folded text (domain/filter/fold_case.h) and exist to be searched; what readers
// see is decoded from the blobs. Blobs come last, because a scan over the columns before them then
// touches no overflow page. The search index keeps no text of its own (content=''), no lengths
// (columnsize=0), since nobody ranks what is found, and no places of words (detail=none), which
// took most of its time and space; what it holds and when: search_index.h. Tasks it does not have
// yet must not be taken out of it either.
constexpr std::string_view kTables = R"sql(
CREATE TABLE meta(
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE tasks(
  key INTEGER PRIMARY KEY,
  uuid BLOB NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  status INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  parent BLOB,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  type TEXT NOT NULL,
  queue TEXT NOT NULL,
  tags TEXT NOT NULL,
  created_by TEXT NOT NULL,
  assigned_to TEXT NOT NULL,
  label TEXT NOT NULL,
  type_label TEXT NOT NULL,
  row BLOB NOT NULL,
  outcome BLOB NOT NULL,
  definition BLOB NOT NULL,
  parameters TEXT
);
CREATE INDEX tasks_by_created ON tasks(created_at, uuid) WHERE deleted = 0 AND parent IS NULL;
CREATE INDEX tasks_by_updated ON tasks(updated_at, uuid) WHERE deleted = 0 AND parent IS NULL;
CREATE INDEX tasks_by_name ON tasks(name, uuid) WHERE deleted = 0 AND parent IS NULL;
CREATE INDEX tasks_by_next ON tasks(next_at, uuid) WHERE deleted = 0 AND parent IS NULL;
CREATE INDEX tasks_by_status ON tasks(status, created_at, uuid)
  WHERE deleted = 0 AND parent IS NULL;
CREATE INDEX tasks_by_type ON tasks(type, created_at, uuid) WHERE deleted = 0 AND parent IS NULL;
CREATE INDEX tasks_by_parent ON tasks(parent) WHERE parent IS NOT NULL;
CREATE INDEX tasks_by_deletion ON tasks(deleted) WHERE deleted <> 0;

CREATE VIRTUAL TABLE search USING fts5(
  name, description, type, tags, created_by,
  content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1'
);
INSERT INTO search(search, rank) VALUES('automerge', 16), ('hashsize', 8388608);
CREATE TRIGGER tasks_lost AFTER DELETE ON tasks
WHEN old.key <= (SELECT value FROM meta WHERE meta.name = 'searchable')
BEGIN
  INSERT INTO search(search, rowid, name, description, type, tags, created_by)
  VALUES ('delete', old.key, old.name, old.description, old.type, old.tags, old.created_by);
END;
CREATE TRIGGER tasks_renamed
AFTER UPDATE OF name, description, type, tags, created_by ON tasks
WHEN (old.name <> new.name OR old.description <> new.description OR old.type <> new.type
    OR old.tags <> new.tags OR old.created_by <> new.created_by)
  AND old.key <= (SELECT value FROM meta WHERE meta.name = 'searchable')
BEGIN
  INSERT INTO search(search, rowid, name, description, type, tags, created_by)
  VALUES ('delete', old.key, old.name, old.description, old.type, old.tags, old.created_by);
  INSERT INTO search(rowid, name, description, type, tags, created_by)
  VALUES (new.key, new.name, new.description, new.type, new.tags, new.created_by);
END;

CREATE TABLE runs(
  task BLOB NOT NULL,
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  status INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  due INTEGER,
  started_at INTEGER,
  ended_at INTEGER,
  retries INTEGER NOT NULL,
  row BLOB NOT NULL,
  PRIMARY KEY(task, number)
) WITHOUT ROWID;
CREATE INDEX runs_by_created ON runs(created_at);
CREATE INDEX runs_by_status ON runs(status, created_at);
CREATE INDEX runs_by_end ON runs(ended_at, status, started_at, due, retries)
  WHERE ended_at IS NOT NULL;

CREATE TABLE slots(
  task BLOB NOT NULL,
  nominal INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  series INTEGER NOT NULL,
  version INTEGER NOT NULL,
  settled_at INTEGER,
  row BLOB NOT NULL,
  PRIMARY KEY(task, nominal, kind, series)
) WITHOUT ROWID;
CREATE INDEX slots_by_settlement ON slots(settled_at) WHERE settled_at IS NOT NULL;

CREATE TABLE task_events(
  task BLOB NOT NULL,
  first INTEGER NOT NULL,
  oldest INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  entries BLOB NOT NULL,
  PRIMARY KEY(task, first)
) WITHOUT ROWID;
CREATE INDEX task_events_by_time ON task_events(oldest);

INSERT INTO meta VALUES('position', 0), ('unreadable', 0), ('searchable', 0);
)sql";

// Each must be answered by a file of this version; a table or column that is gone is damage.
constexpr std::string_view kProbes[] = {
    "SELECT value FROM meta WHERE name = 'position'",
    "SELECT key + length(row) FROM tasks LIMIT 1",
    "SELECT number + length(row) FROM runs LIMIT 1",
    "SELECT nominal + length(row) FROM slots LIMIT 1",
    "SELECT first + length(entries) FROM task_events LIMIT 1",
    "SELECT rowid FROM search WHERE search MATCH '\"abc\"' LIMIT 1",
};

}  // namespace

Result<void> create_view_schema(SqliteConnection& connection) {
  auto transaction = SqliteTransaction::begin(connection);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  for (const std::string& sql :
       {std::string(kTables), fmt::format("PRAGMA user_version = {}", kViewSchemaVersion)}) {
    auto made = connection.execute(sql);
    if (!made) return made;
  }
  return transaction->commit();
}

Result<ViewFileState> examine_view_file(const SqliteConnection& connection) {
  const auto tables = connection.query_integer("SELECT count(*) FROM sqlite_schema");
  const auto version = connection.query_integer("PRAGMA user_version");
  if (!tables || !version) return ViewFileState::damaged;
  if (tables->value_or(0) == 0 && version->value_or(0) == 0) return ViewFileState::fresh;
  if (version->value_or(0) != kViewSchemaVersion) return ViewFileState::other_version;
  for (const std::string_view probe : kProbes) {
    if (!connection.query_integer(probe)) return ViewFileState::damaged;
  }
  const auto position = connection.query_integer(kProbes[0]);
  return position && position->has_value() ? ViewFileState::kept : ViewFileState::damaged;
}

}  // namespace carillon
