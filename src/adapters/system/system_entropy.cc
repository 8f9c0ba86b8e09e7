#include "adapters/system/system_entropy.h"

#include <algorithm>
#include <cstddef>

#include <unistd.h>

#include "base/check.h"

namespace carillon {

void SystemEntropy::fill(std::span<std::uint8_t> out) {
  constexpr std::size_t kAtOnce = 256;  // The kernel's bound of one call.
  while (!out.empty()) {
    const std::size_t size = std::min(out.size(), kAtOnce);
    CARILLON_CHECK(::getentropy(out.data(), size) == 0, "the kernel gives random bytes");
    out = out.subspan(size);
  }
}

}  // namespace carillon
