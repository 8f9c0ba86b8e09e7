// Figures that follow from facts: runs, retries, slots, waiting times. One thread feeds it.
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>

#include "domain/record/facts.h"
#include "domain/words.h"
#include "ports/engine_store.h"
#include "runtime/metrics/metrics.h"

namespace carillon::server {

// Task types that get a label of their own; users name the types of their workers as they like, and
// each value is a series for ever. The rest is counted as `other`.
inline constexpr std::size_t kTypeLabelsMax = 64;

class FactMetrics {
 public:
  explicit FactMetrics(Metrics& metrics);

  // Whether observe() does anything with the fact.
  [[nodiscard]] static bool wants(const FactRecord& fact);

  void observe(const FactRecord& fact);

 private:
  void observe_run(FactType type, const TaskFact& fact);
  Counter& runs_of(const std::string& type, RunStatus status);

  Metrics& metrics_;
  Counter& retries_;
  Histogram& duration_;
  Histogram& queue_wait_;
  Histogram& lateness_live_;
  Histogram& lateness_catch_up_;
  std::array<Counter*, Words<Disposition>::rows.size()> slots_{};
  std::map<std::string, std::array<Counter*, Words<RunStatus>::rows.size()>> runs_;
};

}  // namespace carillon::server
