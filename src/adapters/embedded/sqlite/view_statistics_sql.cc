#include "adapters/embedded/sqlite/view_statistics_sql.h"

#include <utility>

namespace carillon {
namespace {

// Runs are counted before they are joined, so that the join is per task and not per run.
constexpr std::string_view kOutcomes = R"sql(
SELECT coalesce(tasks.type_label, ''), ended.status, sum(ended.runs), sum(ended.retries)
FROM (SELECT task, status, count(*) AS runs, sum(retries) AS retries FROM runs
      WHERE ended_at >= ?1 AND ended_at < ?2 GROUP BY task, status) AS ended
LEFT JOIN tasks ON tasks.uuid = ended.task
GROUP BY 1, 2 ORDER BY 1, 2)sql";

constexpr std::string_view kLatenessCount = R"sql(
SELECT count(*) FROM runs
WHERE ended_at >= ?1 AND ended_at < ?2 AND started_at IS NOT NULL AND due IS NOT NULL)sql";

// A start before the due time does not exist; a wall clock that was set back must not invent one.
constexpr std::string_view kLateness = R"sql(
SELECT max(0, started_at - due) FROM runs
WHERE ended_at >= ?1 AND ended_at < ?2 AND started_at IS NOT NULL AND due IS NOT NULL
ORDER BY 1)sql";

constexpr std::string_view kBusiest = R"sql(
SELECT busy.task, coalesce(tasks.label, ''), coalesce(tasks.type_label, ''), busy.completed,
  busy.failed, busy.cancelled, busy.retries, busy.samples
FROM (SELECT task, count(*) AS runs, sum(status = ?3) AS completed, sum(status = ?4) AS failed,
        sum(status = ?5) AS cancelled, sum(retries) AS retries,
        sum(started_at IS NOT NULL AND due IS NOT NULL) AS samples
      FROM runs WHERE ended_at >= ?1 AND ended_at < ?2
      GROUP BY task ORDER BY runs DESC, task LIMIT 20) AS busy
LEFT JOIN tasks ON tasks.uuid = busy.task
ORDER BY busy.runs DESC, busy.task)sql";

// Through the index by time: a task may have far more runs than the span has.
constexpr std::string_view kLatenessOfTask = R"sql(
SELECT max(0, started_at - due) FROM runs INDEXED BY runs_by_end
WHERE ended_at >= ?1 AND ended_at < ?2 AND task = ?3
  AND started_at IS NOT NULL AND due IS NOT NULL
ORDER BY 1)sql";

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
                        .runs = static_cast<std::uint64_t>(statement->integer(2)),
                        .retries = static_cast<std::uint64_t>(statement->integer(3))});
  }
}

// Takes lateness in ascending order, as `statement` yields it.
Result<LatenessSummary> summarise(SqliteStatement& statement, std::uint64_t samples) {
  LatenessSummary summary{.samples = samples};
  for (std::uint64_t rank = 1; rank <= samples; ++rank) {
    auto row = statement.step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) break;
    const Duration late = Duration::milliseconds(statement.integer(0));
    if (rank == nearest_rank(samples, 50)) summary.p50 = late;
    if (rank == nearest_rank(samples, 90)) summary.p90 = late;
    if (rank == nearest_rank(samples, 99)) summary.p99 = late;
    summary.max = late;
  }
  return summary;
}

Result<LatenessSummary> read_lateness(const SqliteConnection& connection, Instant from,
                                      Instant to) {
  auto count = connection.prepare(kLatenessCount);
  if (!count) return std::unexpected(std::move(count.error()));
  count->bind_all(from, to);
  if (auto row = count->step(); !row) return std::unexpected(std::move(row.error()));
  auto sorted = connection.prepare(kLateness);
  if (!sorted) return std::unexpected(std::move(sorted.error()));
  sorted->bind_all(from, to);
  return summarise(*sorted, static_cast<std::uint64_t>(count->integer(0)));
}

BusyTask busy_task(const SqliteStatement& statement) {
  const auto number = [&statement](int column) {
    return static_cast<std::uint64_t>(statement.integer(column));
  };
  return {.task = TaskId{uuid_from_raw(statement.text(0)).value_or(Uuid{})},
          .name = std::string(statement.text(1)),
          .type = std::string(statement.text(2)),
          .completed = number(3),
          .failed = number(4),
          .cancelled = number(5),
          .retries = number(6),
          .lateness = {.samples = number(7)}};
}

Result<std::vector<BusyTask>> read_busiest(const SqliteConnection& connection, Instant from,
                                           Instant to) {
  auto statement = connection.prepare(kBusiest);
  auto lateness = connection.prepare(kLatenessOfTask);
  if (!statement) return std::unexpected(std::move(statement.error()));
  if (!lateness) return std::unexpected(std::move(lateness.error()));
  statement->bind_all(from, to, RunStatus::completed, RunStatus::failed, RunStatus::cancelled);
  std::vector<BusyTask> busiest;
  while (true) {
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return busiest;
    BusyTask& task = busiest.emplace_back(busy_task(*statement));
    lateness->bind_all(from, to, BlobView{statement->text(0)});
    auto summary = summarise(*lateness, task.lateness.samples);
    if (!summary) return std::unexpected(std::move(summary.error()));
    task.lateness = *summary;
    lateness->reset();
  }
}

}  // namespace

Result<ViewStatistics> read_run_statistics(const SqliteConnection& connection, Instant from,
                                           Instant to) {
  auto outcomes = read_outcomes(connection, from, to);
  if (!outcomes) return std::unexpected(std::move(outcomes.error()));
  auto lateness = read_lateness(connection, from, to);
  if (!lateness) return std::unexpected(std::move(lateness.error()));
  auto busiest = read_busiest(connection, from, to);
  if (!busiest) return std::unexpected(std::move(busiest.error()));
  return ViewStatistics{
      .outcomes = std::move(*outcomes), .lateness = *lateness, .busiest = std::move(*busiest)};
}

}  // namespace carillon
