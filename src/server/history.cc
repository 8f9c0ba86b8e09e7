#include "server/history.h"

#include <utility>

namespace carillon::server {
namespace {

Lateness lateness_of(const LatenessSummary& late) {
  return {
      .samples = late.samples, .p50 = late.p50, .p90 = late.p90, .p99 = late.p99, .max = late.max};
}

}  // namespace

Result<PrunedHistory> History::prune(Instant now, PruneMode mode) {
  if (mode == PruneMode::count_only) {
    return fail(ErrorCode::not_yet, "A dry run of the history is not supported yet.",
                "Leave dryRun out, or name a directory to count its files.");
  }
  PrunedHistory pruned{.before = now - limits_.runs};
  auto runs = repository_.prune_history(pruned.before, limits_.runs_per_task);
  if (!runs) return fail(std::move(runs.error()));
  auto logs = logs_.forget_before(now - limits_.logs);
  if (!logs) return fail(std::move(logs.error()));
  pruned.runs = *runs;
  pruned.logs = *logs;
  return pruned;
}

Result<RunFigures> History::figures(Instant from, Instant to) const {
  auto statistics = repository_.run_statistics(from, to);
  if (!statistics) return fail(std::move(statistics.error()));
  auto counts = repository_.count_tasks();
  if (!counts) return fail(std::move(counts.error()));
  RunFigures figures{.tasks = std::move(counts->by_status)};
  for (const OutcomeCount& outcome : statistics->outcomes) {
    if (outcome.status == RunStatus::completed) figures.completed += outcome.runs;
    if (outcome.status == RunStatus::failed) figures.failed += outcome.runs;
    if (outcome.status == RunStatus::cancelled) figures.cancelled += outcome.runs;
  }
  figures.retries = statistics->retries;
  figures.lateness = lateness_of(statistics->lateness);
  for (const TaskRuns& task : statistics->busiest) {
    figures.busiest.push_back({.id = to_text(task.task),
                               .name = task.name,
                               .type = task.type,
                               .completed = task.completed,
                               .failed = task.failed,
                               .cancelled = task.cancelled,
                               .retries = task.retries,
                               .lateness = lateness_of(task.lateness)});
  }
  return figures;
}

}  // namespace carillon::server
