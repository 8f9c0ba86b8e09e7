#include "domain/filter/fold_case.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(FoldCase, lowers_latin_greek_and_cyrillic) {
  EXPECT_EQ(fold_case("ABC xyz 123"), "abc xyz 123");
  EXPECT_EQ(fold_case("ÄÖÜÉÑŁŠŽŸ"), "äöüéñłšžÿ");
  EXPECT_EQ(fold_case("ΑΩΆΈΉΊΌΎΏ"), "αωάέήίόύώ");
  EXPECT_EQ(fold_case("ОТЧЁТ ЇЖАК"), "отчёт їжак");
}

TEST(FoldCase, takes_both_sigmas_as_one) { EXPECT_EQ(fold_case("ΣΑΣ σας"), "σασ σασ"); }

TEST(FoldCase, leaves_signs_and_other_scripts_alone) {
  EXPECT_EQ(fold_case("×÷ 日本 ß"), "×÷ 日本 ß");
}

TEST(FoldCase, keeps_bytes_that_are_not_text) {
  EXPECT_EQ(fold_case("\xc3"), "\xc3");
  EXPECT_EQ(fold_case("\xc3(A\xff"), "\xc3(a\xff");
}

TEST(FoldCase, of_its_own_result_changes_nothing) {
  for (unsigned c = 0x80; c < 0x800; ++c) {
    const std::string letter{static_cast<char>(0xc0 | (c >> 6)),
                             static_cast<char>(0x80 | (c & 0x3f))};
    EXPECT_EQ(fold_case(fold_case(letter)), fold_case(letter)) << c;
  }
}

}  // namespace
}  // namespace carillon
