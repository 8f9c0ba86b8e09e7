#include "domain/plan/jitter.h"

#include <array>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/hash.h"

namespace carillon {
namespace {

using TaskBytes = std::array<std::uint8_t, 16>;
constexpr Instant kNominal = Instant::from_unix_ms(0x0102030405);

TEST(Jitter, of_zero_leaves_a_slot_at_its_nominal_instant) {
  EXPECT_EQ(due(TaskBytes{}, kNominal, Duration{}, std::nullopt), kNominal);
}

TEST(Jitter, is_the_hash_of_task_id_and_big_endian_nominal) {
  TaskBytes id{};
  id[15] = 7;
  std::string key(16, '\0');
  key[15] = 7;
  key += std::string("\0\0\0\x01\x02\x03\x04\x05", 8);
  const auto expected = static_cast<std::int64_t>(siphash_2_4(key) % 60'000);
  EXPECT_EQ(due(id, kNominal, Duration::minutes(1), std::nullopt) - kNominal,
            Duration::milliseconds(expected));
}

TEST(Jitter, never_reaches_the_next_slot) {
  for (std::uint8_t i = 0; i < 100; ++i) {
    TaskBytes id{};
    id[0] = i;
    const Instant next = kNominal + Duration::milliseconds(10);
    const Instant slot_due = due(id, kNominal, Duration::days(1), next);
    EXPECT_GE(slot_due, kNominal);
    EXPECT_LT(slot_due, next);
  }
}

TEST(Jitter, spreads_tasks_that_share_a_nominal_instant) {
  std::set<Instant> dues;
  for (std::uint8_t i = 0; i < 100; ++i) {
    TaskBytes id{};
    id[0] = i;
    dues.insert(due(id, kNominal, Duration::hours(1), std::nullopt));
  }
  EXPECT_GT(dues.size(), 95U);
}

}  // namespace
}  // namespace carillon
