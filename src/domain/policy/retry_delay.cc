#include "domain/policy/retry_delay.h"

#include <algorithm>
#include <limits>
#include <string>

#include "base/hash.h"

namespace carillon {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// a * b for values that are not negative, held at the end of int64.
std::int64_t saturating_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? kMost : product;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

// A number in [low, high] that depends on nothing but the run and the retry.
std::int64_t spread(std::int64_t low, std::int64_t high, const RetryDelayInput& input) {
  if (high <= low) return low;
  std::string seed(input.run.task.value().raw());
  append_big_endian(seed, input.run.number, 4);
  append_big_endian(seed, input.retry, 8);
  const auto width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  return low + static_cast<std::int64_t>(siphash_2_4(seed) % width);
}

// base * (factor / 1000)^(retry - 1), cut at the cap. Rounds down at every step.
std::int64_t exponential(std::int64_t base, std::uint32_t factor, std::uint32_t retry,
                         std::int64_t cap) {
  std::int64_t delay = base;
  for (std::uint32_t n = 1; n < retry && delay < cap; ++n) {
    const std::int64_t grown = saturating_multiply(delay, factor);
    const std::int64_t next = grown == kMost ? cap : grown / 1000;
    if (next == delay) break;  // A factor of 1, or a base too small to grow: a fixed point.
    delay = next;
  }
  return std::min(delay, cap);
}

std::int64_t unjittered(const RetryPolicy& policy, const RetryDelayInput& input, std::int64_t cap) {
  const std::int64_t base = input.base.ms();
  switch (policy.backoff) {
    case Backoff::fixed:
      return base;
    case Backoff::linear:
      return std::min(saturating_multiply(base, input.retry), cap);
    case Backoff::exponential:
      return exponential(base, policy.factor_thousandths, input.retry, cap);
  }
  return base;
}

}  // namespace

Duration retry_delay(const RetryPolicy& policy, const RetryDelayInput& input) {
  const std::int64_t base = input.base.ms();
  const std::int64_t cap = policy.max_delay.value_or(std::max(Duration::hours(1), input.base)).ms();
  const std::int64_t delay = unjittered(policy, input, cap);
  switch (policy.jitter) {
    case RetryJitter::none:
      return Duration::milliseconds(delay);
    case RetryJitter::full:
      return Duration::milliseconds(spread(0, delay, input));
    case RetryJitter::equal:
      return Duration::milliseconds(delay / 2 + spread(0, delay - delay / 2, input));
    case RetryJitter::decorrelated: {
      const std::int64_t high = saturating_multiply(input.previous.ms(), 3);
      return Duration::milliseconds(std::min(cap, spread(base, high, input)));
    }
  }
  return Duration::milliseconds(delay);
}

}  // namespace carillon
