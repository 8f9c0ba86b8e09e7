#include "adapters/embedded/sqlite/view_statistics_sql.h"

#include <utility>

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

// A start before the due time does not exist; a wall clock that was set back must not invent one.
constexpr std::string_view kLateness = R"sql(
SELECT max(0, started_at - due) FROM runs
WHERE ended_at >= ?1 AND ended_at < ?2 AND started_at IS NOT NULL AND due IS NOT NULL
ORDER BY 1)sql";

constexpr std::string_view kFailing = R"sql(
SELECT failed.task, coalesce(tasks.label, ''), failed.runs
FROM (SELECT task, count(*) AS runs FROM runs
      WHERE ended_at >= ?1 AND ended_at < ?2 AND status = ?3
      GROUP BY task ORDER BY runs DESC, task LIMIT 10) AS failed
LEFT JOIN tasks ON tasks.uuid = failed.task
ORDER BY failed.runs DESC, failed.task)sql";

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

Result<LatenessSummary> read_lateness(const SqliteConnection& connection, Instant from,
                                      Instant to) {
  LatenessSummary summary;
  auto count = connection.prepare(kLatenessCount);
  if (!count) return std::unexpected(std::move(count.error()));
  count->bind_all(from, to);
  if (auto row = count->step(); !row) return std::unexpected(std::move(row.error()));
  summary.samples = static_cast<std::uint64_t>(count->integer(0));
  auto sorted = connection.prepare(kLateness);
  if (!sorted) return std::unexpected(std::move(sorted.error()));
  sorted->bind_all(from, to);
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

Result<std::vector<FailingTask>> read_failing(const SqliteConnection& connection, Instant from,
                                              Instant to) {
  auto statement = connection.prepare(kFailing);
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind_all(from, to, RunStatus::failed);
  std::vector<FailingTask> failing;
  while (true) {
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return failing;
    failing.push_back({.task = TaskId{uuid_from_raw(statement->text(0)).value_or(Uuid{})},
                       .name = std::string(statement->text(1)),
                       .failures = static_cast<std::uint64_t>(statement->integer(2))});
  }
}

}  // namespace

Result<ViewStatistics> read_run_statistics(const SqliteConnection& connection, Instant from,
                                           Instant to) {
  auto outcomes = read_outcomes(connection, from, to);
  if (!outcomes) return std::unexpected(std::move(outcomes.error()));
  auto lateness = read_lateness(connection, from, to);
  if (!lateness) return std::unexpected(std::move(lateness.error()));
  auto failing = read_failing(connection, from, to);
  if (!failing) return std::unexpected(std::move(failing.error()));
  return ViewStatistics{
      .outcomes = std::move(*outcomes), .lateness = *lateness, .failing = std::move(*failing)};
}

}  // namespace carillon
