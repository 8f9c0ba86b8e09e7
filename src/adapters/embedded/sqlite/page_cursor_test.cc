#include "adapters/embedded/sqlite/page_cursor.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(PageCursor, reads_what_it_wrote) {
  const PageCursor cursor{.listing = Listing::tasks_name_asc,
                          .number = -5,
                          .text = std::string("\0\xff name", 7),
                          .id = Uuid{.bytes = {1, 2, 3}},
                          .index = 99};
  const auto read = read_cursor(write_cursor(cursor), Listing::tasks_name_asc);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->number, cursor.number);
  EXPECT_EQ(read->text, cursor.text);
  EXPECT_EQ(read->id, cursor.id);
  EXPECT_EQ(read->index, cursor.index);
}

TEST(PageCursor, of_another_list_is_refused) {
  const auto read =
      read_cursor(write_cursor({.listing = Listing::runs, .text = {}}), Listing::slots);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::bad_page_token);
}

TEST(PageCursor, of_other_text_is_refused) {
  for (const char* text : {"0", "zz", "ff", "0a0a0a0a", "ABCD", "01"}) {
    EXPECT_FALSE(read_cursor(text, Listing::tasks_created_desc).has_value()) << text;
  }
}

}  // namespace
}  // namespace carillon
