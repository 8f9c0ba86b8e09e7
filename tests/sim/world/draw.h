// Choices that look random and follow from a seed. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "base/instant.h"
#include "tests/sim/sim_entropy.h"

namespace carillon {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : entropy_(seed) {}

  std::uint64_t next() { return entropy_.next(); }
  std::uint64_t below(std::uint64_t bound) { return entropy_.below(bound); }

  // From `least` to `most`, both included.
  std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return least + below(most - least + 1);
  }
  Duration between(Duration least, Duration most) {
    return Duration::milliseconds(
        least.ms() +
        static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most.ms() - least.ms()) + 1)));
  }

  bool chance(std::uint64_t permille) { return below(1000) < permille; }

  template <class T>
  T pick(std::initializer_list<T> choices) {
    return choices.begin()[below(choices.size())];
  }

 private:
  SimEntropy entropy_;
};

// A seed of its own for a part of a world, so that what one part draws moves no other part.
constexpr std::uint64_t part_seed(std::uint64_t seed, std::uint64_t part) {
  return (seed ^ (part * 0x9e37'79b9'7f4a'7c15ULL)) + part;
}

}  // namespace carillon
