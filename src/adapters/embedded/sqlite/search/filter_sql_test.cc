#include "adapters/embedded/sqlite/search/filter_sql.h"

#include <gtest/gtest.h>

#include "adapters/embedded/sqlite/view_schema.h"
#include "base/uuid.h"

namespace carillon {
namespace {

constexpr Instant kNow = Instant::from_unix_ms(1'767'225'600'000);

SqlCondition condition(std::string_view text, TextLookup lookup = TextLookup::index) {
  return filter_sql(parse_filter(text, kNow).value(), lookup);
}

TEST(FilterSql, of_nothing_is_true) { EXPECT_EQ(condition("").text, "1"); }

TEST(FilterSql, keeps_values_out_of_the_text) {
  const std::string evil = "x'); DROP TABLE tasks; --";
  for (const std::string key :
       {"", "name:", "name~", "tag:", "tag~", "queue~", "param.a:", "param.a~", "id:", "id~"}) {
    const SqlCondition made = condition(key + "\"" + evil + "\"");
    EXPECT_EQ(made.text.find("DROP"), std::string::npos) << made.text;
  }
}

TEST(FilterSql, looks_up_three_characters_and_scans_for_less) {
  const SqlCondition long_enough = condition("abc");
  EXPECT_NE(long_enough.text.find("search MATCH ?"), std::string::npos);
  EXPECT_EQ(long_enough.values.front(), SqlValue{std::string("\"abc\"")});
  const SqlCondition too_short = condition("ab");
  EXPECT_EQ(too_short.text.find("MATCH"), std::string::npos);
  EXPECT_NE(too_short.text.find("instr(name, ?) > 0 OR "), std::string::npos);
  EXPECT_NE(condition("äöü").text.find("search MATCH ?"), std::string::npos);
  EXPECT_EQ(condition("äö").text.find("search MATCH ?"), std::string::npos);
}

TEST(FilterSql, looks_at_what_the_search_index_finds_and_at_tasks_it_does_not_have) {
  EXPECT_EQ(condition("name~abcd").text,
            "((key IN (SELECT rowid FROM search WHERE search MATCH ? UNION ALL SELECT key FROM "
            "tasks WHERE key > (SELECT value FROM meta WHERE meta.name = 'searchable')) AND "
            "(instr(name, ?) > 0)))");
  EXPECT_EQ(condition("name~abcd").values,
            (std::vector<SqlValue>{std::string(R"("abc" AND "bcd")"), std::string("abcd")}));
}

TEST(FilterSql, takes_a_word_for_the_beginning_of_an_id_if_it_can_be_one) {
  const SqlCondition made = condition("018f2c1a-7");
  EXPECT_NE(made.text.find("uuid BETWEEN ? AND ?"), std::string::npos);
  const auto last = std::get<SqlBlob>(made.values.back()).bytes;
  EXPECT_EQ(last, parse_uuid("018f2c1a-7fff-ffff-ffff-ffffffffffff")->raw());
  for (const char* word :
       {"018f2c1a7", "018f2c1a--", "nightly", "018f2c1a-0000-0000-0000-0000000000000"}) {
    EXPECT_EQ(condition("\"" + std::string(word) + "\"").text.find("uuid"), std::string::npos)
        << word;
  }
}

TEST(FilterSql, asks_no_index_when_it_looks_at_rows) {
  EXPECT_EQ(condition("abc tag:etl name~xyz", TextLookup::rows).text.find("search"),
            std::string::npos);
}

TEST(FilterSql, searches_whole_tags_with_their_separators) {
  EXPECT_EQ(condition("tag:x").values,
            (std::vector<SqlValue>{std::string("\"\nx\n\""), std::string("\nx\n")}));
}

TEST(FilterSql, writes_statuses_as_numbers) {
  EXPECT_EQ(condition("status:created,failed").text, "(status = ? OR status = ?)");
  EXPECT_EQ(condition("status:failed").values, std::vector<SqlValue>{std::int64_t{4}});
}

TEST(FilterSql, quotes_every_key_of_a_parameter_path) {
  EXPECT_EQ(std::get<std::string>(condition("param.a.b-c:1").values.front()), R"($."a"."b-c")");
}

TEST(FilterSql, compares_ids_as_bytes) {
  const SqlCondition made = condition("id:ab000000-0000-0000-0000-000000000003");
  EXPECT_EQ(std::get<SqlBlob>(made.values.front()).bytes.size(), 16U);
  EXPECT_EQ(condition("id:nonsense").text, "(0)");
}

}  // namespace
}  // namespace carillon
