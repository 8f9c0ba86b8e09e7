// Random bytes for ids made at the edge.
//
// Port: adapters/system and tests/sim implement it. Any thread. Never used by a rule: rules hash.
#pragma once

#include <cstdint>
#include <span>

#include "base/instant.h"
#include "base/uuid.h"

namespace carillon {

class Entropy {
 public:
  Entropy() = default;
  Entropy(const Entropy&) = delete;
  Entropy& operator=(const Entropy&) = delete;
  virtual ~Entropy() = default;

  // Fills the span with bytes that nobody can guess.
  virtual void fill(std::span<std::uint8_t> out) = 0;

  // A new version 7 id stamped with `now`.
  [[nodiscard]] Uuid uuid(Instant now) {
    std::array<std::uint8_t, 10> random{};
    fill(random);
    return make_uuid_v7(now, random);
  }
};

}  // namespace carillon
