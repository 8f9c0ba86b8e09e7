// The kernel's random bytes. Adapter; any thread.
#pragma once

#include "ports/entropy.h"

namespace carillon {

class SystemEntropy final : public Entropy {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace carillon
