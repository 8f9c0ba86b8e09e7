// Figures that follow from facts: runs, retries, slots, lateness. One thread feeds it.
#pragma once

#include "domain/record/facts.h"
#include "ports/engine_store.h"
#include "runtime/metrics/metrics.h"

namespace carillon::server {

class FactMetrics {
 public:
  explicit FactMetrics(Metrics& metrics);

  void observe(const FactRecord& fact);

 private:
  void observe_run(FactType type, const TaskFact& fact);

  Metrics& metrics_;
  Counter& retries_;
  Histogram& duration_;
  Histogram& lateness_live_;
  Histogram& lateness_catch_up_;
};

}  // namespace carillon::server
