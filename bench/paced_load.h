// PacedLoad: requests of several kinds at fixed rates, offered by one thread.
//
// A request has its time whether or not the server is ready for it, and its latency is counted from
// that time. So a server that stands still for a second shows it in every request of that second,
// which a client that waits for each answer would hide.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "load_client.h"

namespace carillon::bench {

struct PacedKind {
  double per_second = 1;
  std::size_t connections = 1;  // Requests of the kind that may be under way; more wait their turn.
  int expected_status = 200;
  // The next request; an empty one leaves this turn out.
  std::function<std::string()> next_request;
  std::function<void(std::string_view body)> on_answer = {};  // May be empty.
};

// Offers all kinds for that long and returns the latencies of each, when every answer is there.
std::vector<LoadResult> offer_paced(std::uint16_t port, std::span<const PacedKind> kinds,
                                    std::chrono::seconds span);

}  // namespace carillon::bench
