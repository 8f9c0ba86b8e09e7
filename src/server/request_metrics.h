// Figures about requests for /metrics. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

#include "api/request_observer.h"
#include "runtime/metrics/metrics.h"

namespace carillon::server {

class RequestMetrics final : public api::RequestObserver {
 public:
  explicit RequestMetrics(Metrics& metrics) : metrics_(metrics) {}

  void on_answered(const api::RequestReport& report) override {
    series_of(report).observe(static_cast<double>(report.duration_ns) / 1e9);
  }

 private:
  using Series = std::tuple<std::string, std::string, std::uint16_t>;
  using SeriesView = std::tuple<std::string_view, std::string_view, std::uint16_t>;
  struct Earlier {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return SeriesView(a) < SeriesView(b); }
  };

  // Every request asks for its series, so the labels are rendered once per series, not per request.
  Histogram& series_of(const api::RequestReport& report) {
    const std::lock_guard lock(mutex_);
    const auto known = series_.find(SeriesView(report.route, report.method, report.status));
    if (known != series_.end()) return *known->second;
    Histogram& made = metrics_.histogram("carillon_http_request_duration_seconds",
                                         "Request read to answer handed over.",
                                         {{"route", std::string(report.route)},
                                          {"method", std::string(report.method)},
                                          {"code", std::to_string(report.status)}});
    series_.emplace(Series(report.route, report.method, report.status), &made);
    return made;
  }

  Metrics& metrics_;
  std::mutex mutex_;
  std::map<Series, Histogram*, Earlier> series_;
};

}  // namespace carillon::server
