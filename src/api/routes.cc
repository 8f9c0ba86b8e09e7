#include "api/routes.h"

#include <array>

#include "api/events/event_controller.h"
#include "api/exchange.h"
#include "api/history/run_controller.h"
#include "api/history/task_history_controller.h"
#include "api/platform/cron_controller.h"
#include "api/platform/platform_controller.h"
#include "api/tasks/task_batch_controller.h"
#include "api/tasks/task_controller.h"

namespace carillon::api {
namespace {

using http::Method;
using enum Method;
using enum Access;
using enum RunsOn;

constexpr std::array kRoutes{
    // The specification's calls.
    Route{post, "/api/v1/tasks", "createTask", TaskController::create},
    Route{get, "/api/v1/tasks/{id}", "getTask", TaskController::find},
    Route{get, "/api/v1/tasks/{id}/status", "getTaskStatus", TaskController::find_status},
    Route{post, "/api/v1/tasks/{id}/schedule", "scheduleTask", TaskController::schedule},
    Route{put, "/api/v1/tasks/{id}/status", "setTaskStatus", TaskController::set_status},
    Route{post, "/api/v1/tasks/{id}/retry", "retryTask", TaskController::retry},
    Route{post, "/api/v1/tasks/{id}/cancel", "cancelTask", TaskController::cancel},
    // More about tasks.
    Route{get, "/api/v1/tasks", "listTasks", TaskController::list, token, reader_thread},
    Route{patch, "/api/v1/tasks/{id}", "updateTask", TaskController::update},
    Route{delete_, "/api/v1/tasks/{id}", "deleteTask", TaskController::remove},
    Route{post, "/api/v1/tasks/{id}/pause", "pauseTask", TaskController::pause},
    Route{post, "/api/v1/tasks/{id}/resume", "resumeTask", TaskController::resume},
    Route{post, "/api/v1/tasks/{id}/run", "runTask", TaskController::run},
    Route{post, "/api/v1/tasks:batch", "createTasks", TaskBatchController::create, token,
          reader_thread},
    Route{post, "/api/v1/tasks:validate", "validateTask", TaskBatchController::validate},
    Route{get, "/api/v1/tasks/{id}/runs", "listTaskRuns", TaskHistoryController::list_runs, token,
          reader_thread},
    Route{get, "/api/v1/tasks/{id}/events", "listTaskEvents", TaskHistoryController::list_events,
          token, reader_thread},
    Route{get, "/api/v1/tasks/{id}/slots", "listTaskSlots", TaskHistoryController::list_slots,
          token, reader_thread},
    // Runs.
    Route{get, "/api/v1/runs", "listRuns", RunController::list, token, reader_thread},
    Route{get, "/api/v1/runs/{id}", "getRun", RunController::find, token, reader_thread},
    Route{get, "/api/v1/runs/{id}/logs", "readRunLogs", RunController::read_logs, token,
          reader_thread},
    // Events, time, types.
    Route{get, "/api/v1/events", "listEvents", EventController::list, token, reader_thread},
    Route{get, "/api/v1/events/stream", "streamEvents", EventController::stream},
    Route{post, "/api/v1/cron/explain", "explainCron", CronController::explain, token,
          reader_thread},
    Route{get, "/api/v1/types", "listTypes", PlatformController::list_types},
    Route{post, "/api/v1/admin/backup", "backup", PlatformController::backup, token, reader_thread},
    // The process.
    Route{get, "/livez", "livez", PlatformController::livez, token_unless_local},
    Route{get, "/readyz", "readyz", PlatformController::readyz, token_unless_local},
    Route{get, "/startupz", "startupz", PlatformController::startupz, token_unless_local},
    Route{get, "/metrics", "metrics", PlatformController::metrics, token_unless_local,
          reader_thread},
    Route{get, "/version", "version", PlatformController::version, token_unless_local},
    Route{get, "/openapi.json", "openapi", PlatformController::openapi, open},
    Route{get, "/docs", "docs", PlatformController::docs, open},
    Route{get, "/problems/{code}", "explainProblem", PlatformController::explain_problem, open},
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace carillon::api
