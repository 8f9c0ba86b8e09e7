// SipHash-2-4: the stable 64-bit hash behind jitter and other "random but repeatable" choices.
//
// Pure. Reference: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
#pragma once

#include <cstdint>
#include <string_view>

namespace carillon {

struct SipKey {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

// The 64-bit SipHash-2-4 of the bytes. The zero key is used where the result must be the same on
// every machine and forever.
std::uint64_t siphash_2_4(std::string_view bytes, SipKey key = {});

}  // namespace carillon
