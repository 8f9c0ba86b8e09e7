// How operators name the parts of a key's state: a kind in the top byte, the rest below. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/hash.h"
#include "core/operator.h"

namespace carillon {

inline constexpr std::uint64_t kSubkeyNumberMax = (std::uint64_t{1} << 56) - 1;

// The part of that kind with that number. Kind 0 is for the few single values of an operator.
//
// Requires  number <= kSubkeyNumberMax
constexpr Subkey numbered_subkey(std::uint8_t kind, std::uint64_t number) {
  CARILLON_CHECK(number <= kSubkeyNumberMax);
  return (std::uint64_t{kind} << 56) | number;
}

// The part of that kind for a name. Names may collide: the stored value must hold the full name
// and be a list of those that share the subkey.
inline Subkey hashed_subkey(std::uint8_t kind, std::string_view name) {
  return numbered_subkey(kind, siphash_2_4(name) & kSubkeyNumberMax);
}

}  // namespace carillon
