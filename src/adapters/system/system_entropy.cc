#include "adapters/system/system_entropy.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <unistd.h>

#include "base/check.h"

namespace carillon {

namespace {

constexpr std::size_t kAtOnce = 256;  // The kernel's bound of one call.

void fill_from_kernel(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const std::size_t size = std::min(out.size(), kAtOnce);
    CARILLON_CHECK(::getentropy(out.data(), size) == 0, "the kernel gives random bytes");
    out = out.subspan(size);
  }
}

// Bytes fetched for a thread's next ids, each given out once.
struct Stock {
  std::array<std::uint8_t, kAtOnce> bytes{};
  std::size_t left = 0;
};

}  // namespace

void SystemEntropy::fill(std::span<std::uint8_t> out) {
  constexpr std::size_t kSmall = 16;  // An id; keys are fetched by themselves.
  if (out.size() > kSmall) return fill_from_kernel(out);
  thread_local Stock stock;
  if (stock.left < out.size()) {
    fill_from_kernel(stock.bytes);
    stock.left = stock.bytes.size();
  }
  const auto taken = std::span(stock.bytes).subspan(stock.left - out.size(), out.size());
  std::ranges::copy(taken, out.begin());
  std::ranges::fill(taken, std::uint8_t{0});
  stock.left -= out.size();
}

}  // namespace carillon
