// Figures about requests for /metrics. Any thread.
#pragma once

#include "api/request_observer.h"
#include "runtime/metrics/metrics.h"

namespace carillon::server {

class RequestMetrics final : public api::RequestObserver {
 public:
  explicit RequestMetrics(Metrics& metrics) : metrics_(metrics) {}

  void on_answered(const api::RequestReport& report) override {
    metrics_
        .histogram("carillon_http_request_duration_seconds", "Request read to answer handed over.",
                   {{"route", std::string(report.route)},
                    {"method", std::string(report.method)},
                    {"code", std::to_string(report.status)}})
        .observe_seconds(static_cast<double>(report.duration_ns) / 1e9);
  }

 private:
  Metrics& metrics_;
};

}  // namespace carillon::server
