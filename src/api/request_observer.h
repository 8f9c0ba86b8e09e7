// RequestObserver: where the figures about requests go.
//
// Port of this room: the server implements it. Any thread; must not block.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace carillon::api {

// One request that was answered. A stream counts when its head is sent.
struct RequestReport {
  std::string_view route;  // The pattern, never the path; "unmatched" for one without a route.
  std::string_view method;
  std::uint16_t status = 0;
  std::int64_t duration_ns = 0;
};

class RequestObserver {
 public:
  RequestObserver() = default;
  RequestObserver(const RequestObserver&) = delete;
  RequestObserver& operator=(const RequestObserver&) = delete;
  virtual ~RequestObserver() = default;

  virtual void on_answered(const RequestReport& report) = 0;

  // What was observed as Prometheus text; /metrics shows it behind the gateway's.
  [[nodiscard]] virtual std::string exposition() const { return {}; }
};

}  // namespace carillon::api
