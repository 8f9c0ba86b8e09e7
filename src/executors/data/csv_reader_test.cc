#include "executors/data/csv_reader.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

using Records = std::vector<CsvRecord>;

Result<Records> read(std::string_view text, std::size_t piece = 1) {
  Records records;
  CsvReader reader([&](CsvRecord& record) -> Result<void> {
    records.push_back(record);
    return {};
  });
  for (std::size_t at = 0; at < text.size(); at += piece) {
    if (auto fed = reader.feed(text.substr(at, piece)); !fed) return std::unexpected(fed.error());
  }
  if (auto ended = reader.end(); !ended) return std::unexpected(ended.error());
  return records;
}

TEST(CsvReader, reads_plain_and_quoted_fields) {
  for (const std::size_t piece : {1U, 2U, 1000U}) {
    const auto records = read("a,b,c\r\n1,\"x,\"\"y\"\"\r\nz\",\n\n,,\n", piece);
    ASSERT_TRUE(records) << records.error().message;
    EXPECT_EQ(*records, (Records{{"a", "b", "c"}, {"1", "x,\"y\"\r\nz", ""}, {"", "", ""}}));
  }
}

TEST(CsvReader, needs_no_line_end_after_the_last_record) {
  EXPECT_EQ(*read("a\n1"), (Records{{"a"}, {"1"}}));
  EXPECT_EQ(*read("a\n\"\""), (Records{{"a"}, {""}}));
  EXPECT_EQ(*read(""), Records{});
}

// U+FEC0 begins with the first two bytes of a byte order mark, which were lost.
TEST(CsvReader, keeps_a_text_that_only_begins_like_a_byte_order_mark) {
  for (const std::size_t piece : {1U, 2U, 1000U}) {
    EXPECT_EQ(*read("\xEF\xBB\x80,a\n", piece), (Records{{"\xEF\xBB\x80", "a"}}));
    EXPECT_EQ(*read("\xEF\xBB", piece), (Records{{"\xEF\xBB"}}));
  }
}

TEST(CsvReader, drops_a_byte_order_mark) {
  EXPECT_EQ(*read("\xEF\xBB\xBF"
                  "a\n"),
            (Records{{"a"}}));
}

TEST(CsvReader, names_the_line_of_a_mistake) {
  EXPECT_EQ(read("a\n\nb\"c\n").error().message,
            "CSV line 3: a quote stands inside an unquoted field.");
  EXPECT_EQ(read("\"a\"b\n").error().message, "CSV line 1: text follows a closing quote.");
  EXPECT_EQ(read("a\n\"b\n\n").error().message, "CSV line 4: the text ends inside a quoted field.");
}

TEST(CsvReader, bounds_fields_and_records) {
  EXPECT_FALSE(read(std::string(CsvReader::kFieldBytes + 1, 'x'), 1 << 16));
  EXPECT_FALSE(read(std::string(CsvReader::kFields, ','), 1 << 16));
  EXPECT_TRUE(read(std::string(CsvReader::kFields - 1, ','), 1 << 16));
}

TEST(CsvReader, ends_when_the_sink_refuses) {
  CsvReader reader(
      [](CsvRecord&) -> Result<void> { return fail(ErrorCode::storage_full, "full"); });
  EXPECT_EQ(reader.feed("a\n").error().code, ErrorCode::storage_full);
}

}  // namespace
}  // namespace carillon
