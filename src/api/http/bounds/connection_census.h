// ConnectionCensus: how many connections are open, in total and per address. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace carillon::http {

enum class Admission : std::uint8_t { admitted, full, address_full };

class ConnectionCensus {
 public:
  ConnectionCensus(std::size_t total_max, std::size_t per_address_max)
      : total_max_(total_max), per_address_max_(per_address_max) {}

  // Counts the connection, unless a bound is reached.
  Admission enter(const std::string& address);

  // Requires  enter admitted that address and leave was not called for it since.
  void leave(const std::string& address);

  [[nodiscard]] std::uint64_t open() const { return open_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t refused_total() const {
    return refused_total_.load(std::memory_order_relaxed);
  }

 private:
  const std::size_t total_max_;
  const std::size_t per_address_max_;
  std::atomic<std::uint64_t> open_ = 0;
  std::atomic<std::uint64_t> refused_total_ = 0;
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> by_address_;
};

}  // namespace carillon::http
