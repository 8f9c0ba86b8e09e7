// Ids of requests, by which a client's report is found in the log. Single thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.h"

namespace carillon::http {

// True for an X-Request-Id that may be taken over: 1 to 128 letters, digits, '.', '_' or '-'.
// Others could forge log lines or bloat them.
bool is_sane_request_id(std::string_view text);

class RequestIds {
 public:
  explicit RequestIds(std::uint64_t seed) : state_(seed) {}

  // A fresh UUIDv7. Unique, not secret: its random part comes from a fast generator (SplitMix64).
  std::string next(Instant now);

 private:
  std::uint64_t next_random();

  std::uint64_t state_;
};

}  // namespace carillon::http
