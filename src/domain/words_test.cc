#include "domain/words.h"

#include <set>
#include <string_view>

#include <gtest/gtest.h>

namespace carillon {
namespace {

template <class E>
class WordsOf : public testing::Test {};

using AllEnums =
    testing::Types<TaskStatus, RunStatus, StepStatus, AttemptStatus, RunTrigger, Disposition,
                   SlotReason, SeriesKind, Overlap, Misfire, Backoff, RetryJitter, OnLost, Lane,
                   Claim, FinishKind, NotificationKind, CronDialect, DstGap, DstOverlap, Topic,
                   OperatorName, RecordType, FactType>;
TYPED_TEST_SUITE(WordsOf, AllEnums);

TYPED_TEST(WordsOf, are_unique_and_lead_back) {
  std::set<std::string_view> words;
  for (const auto& [enumerator, word] : Words<TypeParam>::rows) {
    EXPECT_FALSE(word.empty());
    EXPECT_TRUE(words.insert(word).second) << word << " stands twice";
    EXPECT_EQ(word_of(enumerator), word);
    EXPECT_EQ(from_word<TypeParam>(word), enumerator);
  }
}

}  // namespace
}  // namespace carillon
