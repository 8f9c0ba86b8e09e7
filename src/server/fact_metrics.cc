#include "server/fact_metrics.h"

#include <algorithm>

#include "base/text.h"
#include "base/wire.h"
#include "domain/words.h"

namespace carillon::server {
namespace {

double seconds(Duration d) { return static_cast<double>(d.ms()) / 1000.0; }

constexpr std::string_view kLatenessHelp = "Due to first attempt started.";

}  // namespace

FactMetrics::FactMetrics(Metrics& metrics)
    : metrics_(metrics),
      retries_(metrics.counter("carillon_retries_total", "Retries that were planned.")),
      duration_(metrics.histogram("carillon_run_duration_seconds",
                                  "First attempt started to run ended.")),
      queue_wait_(
          metrics.histogram("carillon_queue_wait_seconds", "Run made to first attempt started.")),
      lateness_live_(metrics.histogram("carillon_schedule_lateness_seconds", kLatenessHelp,
                                       {{"kind", "live"}})),
      lateness_catch_up_(metrics.histogram("carillon_schedule_lateness_seconds", kLatenessHelp,
                                           {{"kind", "catch_up"}})) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i] =
        &metrics.counter("carillon_slots_total", "Slots decided, by disposition.",
                         {{"disposition", lower_ascii(Words<Disposition>::rows[i].second)}});
  }
}

bool FactMetrics::wants(const FactRecord& fact) {
  constexpr std::array kWanted{FactType::run_started,   FactType::run_retrying,
                               FactType::run_completed, FactType::run_failed,
                               FactType::run_cancelled, FactType::slot_decided};
  return fact.topic == Topic::task_events && std::ranges::find(kWanted, fact.type) != kWanted.end();
}

void FactMetrics::observe(const FactRecord& fact) {
  if (!wants(fact)) return;
  const auto read = from_wire<TaskFact>(fact.payload);
  if (!read) return;
  if (read->slot) {
    slots_.at(static_cast<std::size_t>(read->slot->disposition))->add(read->slot->count);
  }
  if (read->run) observe_run(fact.type, *read);
}

void FactMetrics::observe_run(FactType type, const TaskFact& fact) {
  const RunRow& run = *fact.run;
  if (type == FactType::run_retrying) retries_.add();
  if (type == FactType::run_started && run.attempt == 1 && run.started_at) {
    queue_wait_.observe(seconds(*run.started_at - run.created_at));
    if (run.due) {
      const double late = seconds(*run.started_at - *run.due);
      if (run.trigger == RunTrigger::slot) lateness_live_.observe(late);
      if (run.trigger == RunTrigger::catch_up) lateness_catch_up_.observe(late);
    }
  }
  if (!is_final(run.status)) return;
  runs_of(fact.task_type, run.status).add();
  if (run.started_at && run.ended_at) duration_.observe(seconds(*run.ended_at - *run.started_at));
}

Counter& FactMetrics::runs_of(const std::string& type, RunStatus status) {
  const bool has_room = runs_.size() < kTypeLabelsMax || runs_.contains(type);
  const std::string& label = has_room ? type : "other";
  Counter*& counter = runs_[label].at(static_cast<std::size_t>(status));
  if (counter == nullptr) {
    counter = &metrics_.counter("carillon_runs_total", "Runs that ended, by type and outcome.",
                                {{"type", label}, {"outcome", lower_ascii(word_of(status))}});
  }
  return *counter;
}

}  // namespace carillon::server
