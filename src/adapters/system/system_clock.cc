#include "adapters/system/system_clock.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

#include <sys/random.h>

#include "base/check.h"

namespace carillon {
namespace {

// One system call serves some hundred ids.
struct EntropyBuffer {
  std::array<std::uint8_t, 4096> bytes{};
  std::size_t used = sizeof(bytes);

  void refill() {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      // At most 256 bytes are guaranteed to come whole and uninterrupted.
      const std::size_t wanted = std::min<std::size_t>(256, bytes.size() - filled);
      const ssize_t got = getrandom(bytes.data() + filled, wanted, 0);
      CARILLON_CHECK(got >= 0, "getrandom failed");
      filled += static_cast<std::size_t>(got);
    }
    used = 0;
  }
};

}  // namespace

Instant SystemClock::wall() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_unix_ms(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

std::int64_t SystemClock::monotonic_ns() const {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

void SystemEntropy::fill(std::span<std::uint8_t> out) {
  thread_local EntropyBuffer buffer;
  std::size_t done = 0;
  while (done < out.size()) {
    if (buffer.used == buffer.bytes.size()) buffer.refill();
    const std::size_t part = std::min(out.size() - done, buffer.bytes.size() - buffer.used);
    std::memcpy(out.data() + done, buffer.bytes.data() + buffer.used, part);
    // What was given out is wiped, so that a later leak of memory tells nothing about past ids.
    std::memset(buffer.bytes.data() + buffer.used, 0, part);
    buffer.used += part;
    done += part;
  }
}

}  // namespace carillon
