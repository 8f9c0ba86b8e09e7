#include "adapters/embedded/sqlite/view_statistics_sql.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/wire.h"

namespace carillon {
namespace {

// Runs are counted before they are joined, so that the join is per task and not per run.
constexpr std::string_view kOutcomes = R"sql(
SELECT coalesce(tasks.type_label, ''), ended.status, sum(ended.runs)
FROM (SELECT task, status, count(*) AS runs FROM runs
      WHERE ended_at >= ?1 AND ended_at < ?2 GROUP BY task, status) AS ended
LEFT JOIN tasks ON tasks.uuid = ended.task
GROUP BY 1, 2 ORDER BY 1, 2)sql";

constexpr std::string_view kLatenessCount = R"sql(
SELECT count(*) FROM runs
WHERE ended_at >= ?1 AND ended_at < ?2 AND started_at IS NOT NULL AND due IS NOT NULL)sql";

constexpr std::string_view kOfTask = " AND task = ?3";
constexpr std::string_view kInOrder = " ORDER BY 1";

// A start before the due time does not exist; a wall clock that was set back must not invent one.
constexpr std::string_view kLateness = R"sql(
SELECT max(0, started_at - due) FROM runs
WHERE ended_at >= ?1 AND ended_at < ?2 AND started_at IS NOT NULL AND due IS NOT NULL)sql";

constexpr std::string_view kBusiest = R"sql(
SELECT busy.task, coalesce(tasks.label, ''), coalesce(tasks.type_label, ''),
  busy.completed, busy.failed, busy.cancelled
FROM (SELECT task, count(*) AS runs, sum(status = ?3) AS completed, sum(status = ?4) AS failed,
        sum(status = ?5) AS cancelled
      FROM runs WHERE ended_at >= ?1 AND ended_at < ?2
      GROUP BY task ORDER BY runs DESC, task LIMIT 20) AS busy
LEFT JOIN tasks ON tasks.uuid = busy.task
ORDER BY busy.runs DESC, busy.task)sql";

constexpr std::string_view kRows = R"sql(
SELECT task, row FROM runs WHERE ended_at >= ?1 AND ended_at < ?2)sql";

// The smallest rank, from 1, with at least this share of the samples at or below it.
constexpr std::uint64_t nearest_rank(std::uint64_t samples, std::uint64_t percent) {
  return (samples * percent + 99) / 100;
}

Result<std::vector<OutcomeCount>> read_outcomes(const SqliteConnection& connection, Instant from,
                                                Instant to) {
  auto statement = connection.prepare(kOutcomes);
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind_all(from, to);
  std::vector<OutcomeCount> outcomes;
  while (true) {
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return outcomes;
    outcomes.push_back({.type = std::string(statement->text(0)),
                        .status = static_cast<RunStatus>(statement->integer(1)),
                        .runs = static_cast<std::uint64_t>(statement->integer(2))});
  }
}

struct Span {
  Instant from;
  Instant to;
};

// Of one task, or of all without one.
Result<LatenessSummary> read_lateness(const SqliteConnection& connection, Span span,
                                      const std::optional<TaskId>& task) {
  const auto prepare = [&](std::string_view select, std::string_view order) {
    auto statement =
        connection.prepare(std::string(select).append(task ? kOfTask : "").append(order));
    if (!statement) return statement;
    if (task) {
      statement->bind_all(span.from, span.to, BlobView{task->value().raw()});
    } else {
      statement->bind_all(span.from, span.to);
    }
    return statement;
  };
  LatenessSummary summary;
  auto count = prepare(kLatenessCount, "");
  if (!count) return std::unexpected(std::move(count.error()));
  if (auto row = count->step(); !row) return std::unexpected(std::move(row.error()));
  summary.samples = static_cast<std::uint64_t>(count->integer(0));
  auto sorted = prepare(kLateness, kInOrder);
  if (!sorted) return std::unexpected(std::move(sorted.error()));
  for (std::uint64_t rank = 1; rank <= summary.samples; ++rank) {
    auto row = sorted->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) break;
    const Duration late = Duration::milliseconds(sorted->integer(0));
    if (rank == nearest_rank(summary.samples, 50)) summary.p50 = late;
    if (rank == nearest_rank(summary.samples, 90)) summary.p90 = late;
    if (rank == nearest_rank(summary.samples, 99)) summary.p99 = late;
    summary.max = late;
  }
  return summary;
}

Result<std::vector<TaskRuns>> read_busiest(const SqliteConnection& connection, Span span) {
  auto statement = connection.prepare(kBusiest);
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind_all(span.from, span.to, RunStatus::completed, RunStatus::failed,
                      RunStatus::cancelled);
  std::vector<TaskRuns> busiest;
  while (true) {
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) break;
    busiest.push_back({.task = TaskId{uuid_from_raw(statement->text(0)).value_or(Uuid{})},
                       .name = std::string(statement->text(1)),
                       .type = std::string(statement->text(2)),
                       .completed = static_cast<std::uint64_t>(statement->integer(3)),
                       .failed = static_cast<std::uint64_t>(statement->integer(4)),
                       .cancelled = static_cast<std::uint64_t>(statement->integer(5))});
  }
  for (TaskRuns& runs : busiest) {
    auto lateness = read_lateness(connection, span, runs.task);
    if (!lateness) return std::unexpected(std::move(lateness.error()));
    runs.lateness = *lateness;
  }
  return busiest;
}

// Retries are in the encoded rows only: lists never sort or search by them.
Result<void> count_retries(const SqliteConnection& connection, Span span,
                           ViewStatistics& statistics) {
  auto statement = connection.prepare(kRows);
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind_all(span.from, span.to);
  while (true) {
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return {};
    const auto run = from_wire<RunRow>(statement->text(1));
    if (!run) return std::unexpected(run.error());
    if (run->retries == 0) continue;
    statistics.retries += run->retries;
    const auto busy = std::ranges::find(statistics.busiest, run->id.task, &TaskRuns::task);
    if (busy != statistics.busiest.end()) busy->retries += run->retries;
  }
}

}  // namespace

Result<ViewStatistics> read_run_statistics(const SqliteConnection& connection, Instant from,
                                           Instant to) {
  const Span span{.from = from, .to = to};
  auto outcomes = read_outcomes(connection, from, to);
  if (!outcomes) return std::unexpected(std::move(outcomes.error()));
  auto lateness = read_lateness(connection, span, std::nullopt);
  if (!lateness) return std::unexpected(std::move(lateness.error()));
  auto busiest = read_busiest(connection, span);
  if (!busiest) return std::unexpected(std::move(busiest.error()));
  ViewStatistics statistics{
      .outcomes = std::move(*outcomes), .lateness = *lateness, .busiest = std::move(*busiest)};
  if (auto counted = count_retries(connection, span, statistics); !counted) {
    return std::unexpected(std::move(counted.error()));
  }
  return statistics;
}

}  // namespace carillon
