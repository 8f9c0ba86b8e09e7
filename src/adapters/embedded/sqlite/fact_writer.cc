#include "adapters/embedded/sqlite/fact_writer.h"

#include <array>
#include <string>
#include <utility>

#include "adapters/embedded/sqlite/search/filter_sql.h"
#include "adapters/embedded/sqlite/view_schema.h"
#include "base/wire.h"
#include "domain/filter/fold_case.h"

namespace carillon {
namespace {

constexpr std::string_view kSelectTask =
    "SELECT key, version, status, created_at, next_at FROM tasks WHERE uuid = ?1";

constexpr std::string_view kInsertTask = R"sql(
INSERT INTO tasks(key, uuid, version, status, priority, created_at, updated_at, next_at, deleted,
  parent, name, description, type, queue, tags, created_by, assigned_to, label, type_label, row,
  outcome, definition, parameters)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
  ?21, ?22, ?23))sql";

// SQLite writes every index anew that a column of SET is part of, whether the value changes or not.
// So what changes seldom has statements of its own.
constexpr std::string_view kUpdateDefinition = R"sql(
UPDATE tasks SET priority = ?1, parent = ?2, name = ?3, description = ?4, type = ?5, queue = ?6,
  tags = ?7, created_by = ?8, assigned_to = ?9, label = ?10, type_label = ?11, definition = ?12,
  parameters = ?13
WHERE key = ?14)sql";

constexpr std::string_view kUpdateBirthAndDeath =
    "UPDATE tasks SET created_at = coalesce(?1, created_at), deleted = coalesce(?2, deleted) "
    "WHERE key = ?3";

constexpr std::string_view kUpdateState = R"sql(
UPDATE tasks SET version = ?1, updated_at = ?2, row = ?3, outcome = coalesce(?4, outcome),
  status = ?5, next_at = ?6
WHERE key = ?7)sql";

// For a row whose status and next execution are what they were.
constexpr std::string_view kUpdateRow = R"sql(
UPDATE tasks SET version = ?1, updated_at = ?2, row = ?3, outcome = coalesce(?4, outcome)
WHERE key = ?5)sql";

constexpr std::string_view kUpdateVersion =
    "UPDATE tasks SET version = ?1, outcome = coalesce(?2, outcome) WHERE key = ?3";

// A duplicate that comes late must not put an older row over a newer one.
constexpr std::string_view kPutRun = R"sql(
INSERT INTO runs(task, number, version, status, created_at, due, started_at, ended_at, retries,
  row)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT DO UPDATE SET version = excluded.version, status = excluded.status,
  created_at = excluded.created_at, due = excluded.due, started_at = excluded.started_at,
  ended_at = excluded.ended_at, retries = excluded.retries, row = excluded.row
WHERE excluded.version > runs.version)sql";

// For a run that is there, which its time of creation does not change: its index is left alone.
constexpr std::string_view kUpdateRun = R"sql(
UPDATE runs SET version = ?3, status = ?4, due = ?6, started_at = ?7, ended_at = ?8,
  retries = ?9, row = ?10
WHERE task = ?1 AND number = ?2 AND created_at = ?5 AND version < ?3)sql";

constexpr std::string_view kPutSlot = R"sql(
INSERT INTO slots(task, nominal, kind, series, version, settled_at, row)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT DO UPDATE SET version = excluded.version, settled_at = excluded.settled_at,
  row = excluded.row
WHERE excluded.version > slots.version)sql";

std::string tags_column(const std::vector<std::string>& tags) {
  if (tags.empty()) return {};
  std::string column(1, kTagSeparator);
  for (const std::string& tag : tags) {
    column += fold_case(tag);
    column.push_back(kTagSeparator);
  }
  return column;
}

// The columns made from a definition. Parameters have a column of their own, because they can be
// large and filters read them as JSON; the blob is the definition without them, and they are taken
// out of it for good.
struct DefinitionColumns {
  explicit DefinitionColumns(TaskDefinition& definition)
      : parameters(std::exchange(definition.parameters, JsonText())),
        blob(to_wire(definition)),
        name(fold_case(definition.name)),
        description(fold_case(definition.description)),
        type(fold_case(definition.type)),
        queue(fold_case(definition.queue.value())),
        tags(tags_column(definition.tags)),
        created_by(fold_case(definition.created_by)),
        assigned_to(fold_case(definition.assigned_to)) {
    if (definition.parent) parent = parent_key(definition.parent->workflow_run);
  }

  JsonText parameters;
  Bytes blob;
  std::string name, description, type, queue, tags, created_by, assigned_to;
  std::optional<std::string> parent;
};

std::optional<BlobView> parent_blob(const DefinitionColumns& columns) {
  if (!columns.parent) return std::nullopt;
  return BlobView{*columns.parent};
}

std::int64_t next_column(const TaskRow& row) {
  return row.next_execution ? row.next_execution->unix_ms() : kNextNever;
}

std::optional<std::string_view> parameters_column(const DefinitionColumns& columns) {
  if (columns.parameters.empty()) return std::nullopt;
  return columns.parameters.text();
}

// None leaves what is stored, or stores an empty one.
std::optional<Bytes> outcome_bytes(const FoldedTask& task) {
  if (!task.outcome) return std::nullopt;
  return to_wire(*task.outcome);
}

std::optional<BlobView> view_of(const std::optional<Bytes>& bytes) {
  if (!bytes) return std::nullopt;
  return BlobView{*bytes};
}

BlobView key_of(const TaskId& id) { return BlobView{id.value().raw()}; }

// When a slot's row can no longer change and may be pruned by age; none while it can.
std::optional<Instant> settled_at(const SlotRow& slot) {
  const bool is_open = slot.disposition == Disposition::waiting ||
                       slot.disposition == Disposition::buffered || !slot.last;
  if (is_open) return std::nullopt;
  return slot.decided_at;
}

}  // namespace

Result<FactWriter> FactWriter::prepare(const SqliteConnection& connection) {
  FactWriter writer;
  const std::array<std::pair<SqliteStatement*, std::string_view>, 15> statements{{
      {&writer.select_task_, kSelectTask},
      {&writer.insert_task_, kInsertTask},
      {&writer.update_definition_, kUpdateDefinition},
      {&writer.update_birth_and_death_, kUpdateBirthAndDeath},
      {&writer.update_state_, kUpdateState},
      {&writer.update_row_, kUpdateRow},
      {&writer.update_version_, kUpdateVersion},
      {&writer.delete_task_, "DELETE FROM tasks WHERE uuid = ?1"},
      {&writer.delete_runs_, "DELETE FROM runs WHERE task = ?1"},
      {&writer.delete_slots_, "DELETE FROM slots WHERE task = ?1"},
      {&writer.put_run_, kPutRun},
      {&writer.update_run_, kUpdateRun},
      {&writer.put_slot_, kPutSlot},
      {&writer.put_position_, "UPDATE meta SET value = ?1 WHERE name = 'position'"},
      {&writer.add_unreadable_, "UPDATE meta SET value = value + ?1 WHERE name = 'unreadable'"},
  }};
  for (const auto& [statement, sql] : statements) {
    auto prepared = connection.prepare(sql, SqliteConnection::Lifetime::kept);
    if (!prepared) return std::unexpected(std::move(prepared.error()));
    *statement = std::move(*prepared);
  }
  auto events = EventWriter::prepare(connection);
  if (!events) return std::unexpected(std::move(events.error()));
  writer.events_ = std::move(*events);
  return writer;
}

Result<std::optional<StoredTask>> FactWriter::stored(const TaskId& id) {
  select_task_.bind_all(key_of(id));
  auto row = select_task_.step();
  if (!row) return std::unexpected(std::move(row.error()));
  if (!*row) return std::optional<StoredTask>{};
  const StoredTask task{.key = select_task_.integer(0),
                        .version = TaskVersion{static_cast<std::uint64_t>(select_task_.integer(1))},
                        .status = static_cast<TaskStatus>(select_task_.integer(2)),
                        .created_at = Instant::from_unix_ms(select_task_.integer(3)),
                        .next_at = select_task_.integer(4)};
  select_task_.reset();
  return std::optional{task};
}

Result<void> FactWriter::write(FoldedTask& task, SearchIndex& search) {
  if (task.purged) return task.stored ? purge_task(task.id) : Result<void>{};
  if (!task.known()) return {};
  auto written = task.stored ? update_task(task) : insert_task(task, search.take_key());
  for (const auto& [number, run] : task.runs) {
    if (written) written = write_run(task, run);
  }
  for (const auto& [key, slot] : task.slots) {
    if (written) written = write_slot(task.id, slot);
  }
  if (!written) return written;
  const TaskVersion known = task.stored ? task.stored->version : TaskVersion{};
  return events_.add(task.id, std::move(task.events), known);
}

Result<void> FactWriter::insert_task(FoldedTask& task, std::int64_t key) {
  TaskDefinition& definition = *task.definition;
  const DefinitionColumns columns(definition);
  const TaskRow row = std::move(task.row).value_or(TaskRow{});
  const Bytes row_bytes = to_wire(row);
  const Bytes outcome = outcome_bytes(task).value_or(Bytes());
  insert_task_.bind_all(key, key_of(task.id), task.version.value(), row.status, definition.priority,
                        row.created_at, row.updated_at, next_column(row),
                        task.deleted_at.value_or(Instant{}), parent_blob(columns),
                        std::string_view(columns.name), std::string_view(columns.description),
                        std::string_view(columns.type), std::string_view(columns.queue),
                        std::string_view(columns.tags), std::string_view(columns.created_by),
                        std::string_view(columns.assigned_to), std::string_view(definition.name),
                        std::string_view(definition.type), BlobView{row_bytes}, BlobView{outcome},
                        BlobView{columns.blob}, parameters_column(columns));
  return insert_task_.run();
}

Result<void> FactWriter::update_task(FoldedTask& task) {
  const StoredTask& stored = *task.stored;
  if (task.version == stored.version) return {};
  Result<void> written;
  if (task.definition) written = update_definition(*task.definition, stored.key);
  const bool is_reborn = task.row && task.row->created_at != stored.created_at;
  if (written && (is_reborn || task.deleted_at)) {
    const auto created_at = is_reborn ? std::optional(task.row->created_at) : std::nullopt;
    update_birth_and_death_.bind_all(created_at, task.deleted_at, stored.key);
    written = update_birth_and_death_.run();
  }
  return written ? update_state(task) : written;
}

Result<void> FactWriter::update_definition(TaskDefinition& definition, std::int64_t key) {
  const DefinitionColumns columns(definition);
  update_definition_.bind_all(definition.priority, parent_blob(columns),
                              std::string_view(columns.name), std::string_view(columns.description),
                              std::string_view(columns.type), std::string_view(columns.queue),
                              std::string_view(columns.tags), std::string_view(columns.created_by),
                              std::string_view(columns.assigned_to),
                              std::string_view(definition.name), std::string_view(definition.type),
                              BlobView{columns.blob}, parameters_column(columns), key);
  return update_definition_.run();
}

Result<void> FactWriter::update_state(const FoldedTask& task) {
  const StoredTask& stored = *task.stored;
  const std::optional<Bytes> outcome = outcome_bytes(task);
  if (!task.row) {
    update_version_.bind_all(task.version.value(), view_of(outcome), stored.key);
    return update_version_.run();
  }
  const TaskRow& row = *task.row;
  const Bytes bytes = to_wire(row);
  if (row.status == stored.status && next_column(row) == stored.next_at) {
    update_row_.bind_all(task.version.value(), row.updated_at, BlobView{bytes}, view_of(outcome),
                         stored.key);
    return update_row_.run();
  }
  update_state_.bind_all(task.version.value(), row.updated_at, BlobView{bytes}, view_of(outcome),
                         row.status, next_column(row), stored.key);
  return update_state_.run();
}

Result<void> FactWriter::purge_task(const TaskId& id) {
  for (SqliteStatement* statement : {&delete_task_, &delete_runs_, &delete_slots_}) {
    statement->bind_all(key_of(id));
    if (auto gone = statement->run(); !gone) return gone;
  }
  return events_.forget(id);
}

Result<void> FactWriter::write_run(const FoldedTask& task,
                                   const FoldedTask::Versioned<RunRow>& run) {
  const Bytes bytes = to_wire(run.row);
  const auto bind = [&](SqliteStatement& statement) {
    statement.bind_all(key_of(task.id), run.row.id.number, run.version.value(), run.row.status,
                       run.row.created_at, run.row.due, run.row.started_at, run.row.ended_at,
                       run.row.retries, BlobView{bytes});
  };
  if (task.stored && run.row.status != RunStatus::queued) {
    bind(update_run_);
    auto updated = update_run_.run();
    if (!updated || update_run_.changes() > 0) return updated;
  }
  bind(put_run_);
  return put_run_.run();
}

Result<void> FactWriter::write_slot(const TaskId& task,
                                    const FoldedTask::Versioned<SlotRow>& slot) {
  const Bytes bytes = to_wire(slot.row);
  put_slot_.bind_all(key_of(task), slot.row.id.nominal, slot.row.id.kind, slot.row.id.series,
                     slot.version.value(), settled_at(slot.row), BlobView{bytes});
  return put_slot_.run();
}

Result<void> FactWriter::write_position(JournalPosition position) {
  put_position_.bind_all(position.value());
  return put_position_.run();
}

Result<void> FactWriter::add_unreadable(std::uint64_t count) {
  add_unreadable_.bind_all(count);
  return add_unreadable_.run();
}

}  // namespace carillon
