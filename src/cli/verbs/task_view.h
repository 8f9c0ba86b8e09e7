// How tasks, runs and events are shown: constant tables.
#pragma once

#include <array>

#include "cli/session.h"

namespace carillon::cli {

inline constexpr std::array kTaskColumns{
    Column{"ID", CellKind::id, "/id", ""},
    Column{"NAME", CellKind::text, "/name", ""},
    Column{"STATUS", CellKind::status, "/status", ""},
    Column{"TYPE", CellKind::text, "/parameters/type", "", "noop"},
    Column{"SCHEDULE", CellKind::text, "/cronExpression", "/every"},
    Column{"NEXT", CellKind::time, "/nextExecutionTime", ""},
    Column{"LAST RUN", CellKind::status, "/lastRun/status", ""},
};
inline constexpr View kTaskView{kTaskColumns, "/id"};

inline constexpr std::array kRunColumns{
    Column{"RUN", CellKind::id, "/runId", "/id"},
    Column{"TASK", CellKind::id, "/taskId", "/task"},
    Column{"STATUS", CellKind::status, "/status", ""},
    Column{"TRIGGER", CellKind::text, "/trigger", ""},
    Column{"ATTEMPT", CellKind::text, "/attempt", ""},
    Column{"STARTED", CellKind::time, "/startedAt", ""},
    Column{"ENDED", CellKind::time, "/endedAt", ""},
};
// The id of a run begins with that of its task, so people get the task's name instead.
inline constexpr std::array kRunColumnsForPeople{
    Column{"RUN", CellKind::id, "/runId", ""},
    Column{"TASK", CellKind::text, "/taskName", "/taskId"},
    Column{"STATUS", CellKind::status, "/status", ""},
    Column{"TRIGGER", CellKind::text, "/trigger", ""},
    Column{"ATTEMPT", CellKind::text, "/attempt", ""},
    Column{"STARTED", CellKind::time, "/startedAt", ""},
    Column{"ENDED", CellKind::time, "/endedAt", ""},
    Column{"ERROR", CellKind::text, "/outcome/errorCode", ""},
};
inline constexpr View kRunView{kRunColumns, "/runId", kRunColumnsForPeople};

inline constexpr std::array kEventColumns{
    Column{"AT", CellKind::time, "/at", ""},
    Column{"EVENT", CellKind::text, "/type", ""},
    Column{"RUN", CellKind::id, "/run/runId", "/runId"},
    Column{"STATUS", CellKind::status, "/run/status", "/slot/disposition"},
};
inline constexpr View kEventView{kEventColumns, "/type"};

}  // namespace carillon::cli
