// What built-in types may ask of the platform's history, over the views and logs. Any thread.
#pragma once

#include "adapters/embedded/sqlite/sqlite_task_repository.h"
#include "executors/services.h"
#include "ports/log_store.h"

namespace carillon::server {

struct HistoryLimits {
  Duration runs = Duration::days(30);
  std::uint32_t runs_per_task = 100;
  Duration logs = Duration::days(30);
};

class History final : public HistoryPruner, public RunStatistics {
 public:
  History(SqliteTaskRepository& repository, LogStore& logs, HistoryLimits limits)
      : repository_(repository), logs_(logs), limits_(limits) {}

  Result<PrunedHistory> prune(Instant now, PruneMode mode) override;
  Result<RunFigures> figures(Instant from, Instant to) const override;

 private:
  SqliteTaskRepository& repository_;
  LogStore& logs_;
  const HistoryLimits limits_;
};

}  // namespace carillon::server
