// Bytes that look random and follow from a seed. One thread.
#pragma once

#include <cstdint>
#include <span>

#include "ports/entropy.h"

namespace carillon {

class SimEntropy final : public Entropy {
 public:
  explicit SimEntropy(std::uint64_t seed) : state_(seed) {}

  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(next() >> 32);
  }

  // The next 64 bits (SplitMix64, Steele, Lea and Flood 2014).
  std::uint64_t next() {
    state_ += 0x9e37'79b9'7f4a'7c15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11ebULL;
    return mixed ^ (mixed >> 31);
  }

  // Below `bound`, which must not be 0.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

}  // namespace carillon
