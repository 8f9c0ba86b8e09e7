#include "server/fact_metrics.h"

#include "base/text.h"
#include "base/wire.h"
#include "domain/record/facts.h"
#include "domain/words.h"

namespace carillon::server {
namespace {

double seconds(Duration d) { return static_cast<double>(d.ms()) / 1000.0; }

}  // namespace

FactMetrics::FactMetrics(Metrics& metrics)
    : metrics_(metrics),
      retries_(metrics.counter("carillon_retries_total", "Retries that were planned.")),
      duration_(metrics.histogram("carillon_run_duration_seconds",
                                  "First attempt started to run ended.")),
      lateness_live_(metrics.histogram("carillon_schedule_lateness_seconds",
                                       "Due to first attempt started.", {{"kind", "live"}})),
      lateness_catch_up_(metrics.histogram("carillon_schedule_lateness_seconds",
                                           "Due to first attempt started.",
                                           {{"kind", "catch_up"}})) {}

void FactMetrics::observe(const FactRecord& fact) {
  if (fact.topic != Topic::task_events) return;
  const bool speaks_of_a_run =
      fact.type == FactType::run_started || fact.type == FactType::run_retrying ||
      fact.type == FactType::run_completed || fact.type == FactType::run_failed ||
      fact.type == FactType::run_cancelled;
  if (!speaks_of_a_run && fact.type != FactType::slot_decided) return;
  const auto read = from_wire<TaskFact>(fact.payload);
  if (!read) return;
  if (read->slot) {
    metrics_
        .counter("carillon_slots_total", "Slots decided, by disposition.",
                 {{"disposition", lower_ascii(word_of(read->slot->disposition))}})
        .add(read->slot->count);
  }
  if (read->run) observe_run(fact.type, *read);
}

void FactMetrics::observe_run(FactType type, const TaskFact& fact) {
  const RunRow& run = *fact.run;
  if (type == FactType::run_retrying) retries_.add();
  if (type == FactType::run_started && run.attempt == 1 && run.due && run.started_at) {
    const double late = seconds(*run.started_at - *run.due);
    if (run.trigger == RunTrigger::slot) lateness_live_.observe_seconds(late);
    if (run.trigger == RunTrigger::catch_up) lateness_catch_up_.observe_seconds(late);
  }
  if (!is_final(run.status)) return;
  metrics_
      .counter("carillon_runs_total", "Runs that ended, by outcome.",
               {{"outcome", lower_ascii(word_of(run.status))}})
      .add();
  if (run.started_at && run.ended_at) {
    duration_.observe_seconds(seconds(*run.ended_at - *run.started_at));
  }
}

}  // namespace carillon::server
