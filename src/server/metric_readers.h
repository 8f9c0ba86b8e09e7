// Figures that are read when somebody looks: engine, views, executors, tasks.
#pragma once

#include "executors/task_execution_service.h"
#include "ports/engine_store.h"
#include "ports/task_repository.h"
#include "runtime/engine/engine_thread.h"
#include "runtime/metrics/metrics.h"
#include "runtime/service/event_service.h"
#include "runtime/views/view_writer.h"
#include "server/local_executor.h"

namespace carillon::server {

struct MetricSources {
  const EngineThread& engine;
  const ViewWriter& views;
  const TaskRepository& repository;
  const TaskExecutionService& execution;
  const FlinkEventService& events;
  const EngineStore& store;
  const LocalExecutor& executor;
};

// Requires  the sources outlive the metrics' last render.
void add_metric_readers(Metrics& metrics, const MetricSources& sources);

}  // namespace carillon::server
