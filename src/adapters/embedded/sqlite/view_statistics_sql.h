// Reads run statistics from views.db. Adapter internals.
#pragma once

#include "adapters/embedded/sqlite/sqlite_connection.h"
#include "adapters/embedded/sqlite/view_statistics.h"
#include "base/result.h"

namespace carillon {

// Of the runs that ended at or after `from` and before `to`.
//
// Cost  reads every run of the span; memory does not grow with it, the sort spills to a file
Result<ViewStatistics> read_run_statistics(const SqliteConnection& connection, Instant from,
                                           Instant to);

}  // namespace carillon
