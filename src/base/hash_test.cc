#include "base/hash.h"

#include <string>

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(SipHash, gives_the_vector_of_the_reference_paper) {
  std::string input;
  for (int i = 0; i < 15; ++i) input.push_back(static_cast<char>(i));
  EXPECT_EQ(siphash_2_4(input, {.low = 0x0706050403020100ULL, .high = 0x0f0e0d0c0b0a0908ULL}),
            0xa129ca6149be45e5ULL);
}

TEST(SipHash, of_nothing_with_the_zero_key_is_fixed) {
  EXPECT_EQ(siphash_2_4(""), 0x1e924b9d737700d7ULL);
}

}  // namespace
}  // namespace carillon
