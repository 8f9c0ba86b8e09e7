#include "server/metric_readers.h"

#include <algorithm>

#include "base/text.h"
#include "core/keyed_state.h"
#include "core/queue_dispatcher/queue_state.h"
#include "domain/words.h"

namespace carillon::server {
namespace {

using Samples = std::vector<GaugeSample>;

Samples one(double value) { return {{.labels = {}, .value = value}}; }

// Attempts that wait for a place, by queue. Read from the stored state, so it is what the queues
// themselves go by; a queue that cannot be read is left out.
Samples queue_depths(const EngineStore& store, const LocalExecutor& executor) {
  Samples samples;
  for (const QueueName& queue : executor.queues()) {
    const auto bytes = store.get({.op = OperatorName::queue_dispatcher,
                                  .key = queue.value(),
                                  .subkey = queue_dispatcher::kHeaderSubkey});
    if (!bytes || !*bytes) continue;
    const auto header = decode_state<queue_dispatcher::QueueHeader>(**bytes);
    if (!header) continue;
    std::uint64_t waiting = 0;
    for (const queue_dispatcher::WaitingList& list : header->lists) waiting += list.count;
    samples.push_back(
        {.labels = {{"queue", queue.value()}}, .value = static_cast<double>(waiting)});
  }
  return samples;
}

Samples one(std::uint64_t value) { return one(static_cast<double>(value)); }

}  // namespace

void add_metric_readers(Metrics& metrics, const MetricSources& s) {
  metrics.gauge("carillon_build_info", "The running version, always 1.",
                [] { return Samples{{.labels = {{"version", CARILLON_VERSION}}, .value = 1}}; });
  metrics.gauge("carillon_wakeups_pending", "Keys that wait for a moment.",
                [&s = s.engine] { return one(s.gauges().wake_ups_pending); });
  metrics.gauge("carillon_intake_records", "Inputs taken and not stored yet.",
                [&s = s.engine] { return one(s.gauges().intake.client_records); });
  metrics.gauge(
      "carillon_engine_up", "1 while the engine stores, 0 while it is stalled.",
      [&s = s.engine] { return one(s.gauges().state == EngineState::running ? 1.0 : 0.0); });
  metrics.counter_reader("carillon_dead_letters_total", "Records that no operator could take.",
                         [&s = s.engine] { return one(s.gauges().counts.dead_letters); });
  metrics.counter_reader("carillon_commits_failed_total", "Commits that the store refused.",
                         [&s = s.engine] { return one(s.gauges().commits_failed); });
  metrics.gauge("carillon_view_lag_seconds", "How old the newest fact missing in lists is.",
                [&s = s.views] { return one(static_cast<double>(s.lag().age.ms()) / 1000.0); });
  metrics.gauge("carillon_executor_attempts", "Attempts held by this process.",
                [&s = s.execution] { return one(s.counts().live); });
  metrics.gauge("carillon_executor_slots", "Places by lane and state.", [&s = s.execution] {
    Samples samples;
    for (const LaneUse& use : s.lane_use()) {
      const std::string lane(word_of(use.places.lane));
      const std::uint32_t used = std::min(use.used, use.places.slots);
      samples.push_back({.labels = {{"lane", lane}, {"state", "used"}}, .value = double(used)});
      samples.push_back({.labels = {{"lane", lane}, {"state", "free"}},
                         .value = double(use.places.slots - used)});
    }
    return samples;
  });
  metrics.gauge(
      "carillon_queue_depth", "Attempts that wait for a place.",
      [&store = s.store, &executor = s.executor] { return queue_depths(store, executor); });
  metrics.counter_reader("carillon_notifications_failed_total", "Notifications nobody took.",
                         [&s = s.events] { return one(s.notifications_failed()); });
  metrics.gauge("carillon_tasks", "Tasks by status.", [&s = s.repository] {
    Samples samples;
    const auto counts = s.count_tasks();
    if (!counts) return samples;
    for (const auto& [status, count] : counts->by_status) {
      samples.push_back({.labels = {{"status", lower_ascii(word_of(status))}},
                         .value = static_cast<double>(count)});
    }
    return samples;
  });
}

}  // namespace carillon::server
