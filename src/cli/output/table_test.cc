#include "cli/output/table.h"

#include <array>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace carillon::cli {
namespace {

constexpr std::array kColumns{
    Column{"ID", CellKind::id, "/id", ""},
    Column{"NAME", CellKind::text, "/name", ""},
    Column{"STATUS", CellKind::status, "/status", "/state"},
    Column{"NEXT", CellKind::time, "/next", ""},
};

boost::json::array rows(std::string_view json) { return boost::json::parse(json).as_array(); }

const Screen kWide{.now = Instant::from_unix_ms(1'767'225'600'000)};  // 2026-01-01T00:00:00Z

TEST(TableText, aligns_columns_and_marks_what_is_absent) {
  const auto two = rows(R"([{"id":"a1","name":"hello","status":"RUNNING",
                             "next":"2026-01-01T00:00:05.000Z"},
                            {"id":"b","name":null,"state":"PAUSED"}])");
  EXPECT_EQ(table_text(kColumns, two, kWide),
            "ID  NAME   STATUS   NEXT\n"
            "a1  hello  RUNNING  2026-01-01 00:00:05Z (in 5s)\n"
            "b   -      PAUSED   -\n");
}

TEST(TableText, on_a_narrow_screen_shortens_text_and_never_an_id) {
  const auto one = rows(R"([{"id":"0123456789","name":"a rather long name of a task",
                             "status":"RUNNING"}])");
  Screen narrow = kWide;
  narrow.columns = 40;
  EXPECT_EQ(table_text(kColumns, one, narrow),
            "ID          NAME           STATUS   NEXT\n"
            "0123456789  a rather lon…  RUNNING  -\n");
}

TEST(TableText, on_a_narrow_screen_says_only_how_far_away_a_time_is) {
  const auto one = rows(R"([{"id":"1","name":"a","next":"2026-01-01T00:00:05.000Z"}])");
  Screen narrow = kWide;
  narrow.columns = 40;
  EXPECT_EQ(table_text(kColumns, one, narrow),
            "ID  NAME  STATUS  NEXT\n"
            "1   a     -       in 5s\n");
}

TEST(TableText, counts_columns_of_the_terminal_and_not_bytes) {
  const auto two = rows(R"([{"id":"é","name":"日本","status":"x"},{"id":"ab","name":"plain"}])");
  EXPECT_EQ(table_text(kColumns, two, kWide),
            "ID  NAME   STATUS  NEXT\n"
            "é   日本   x       -\n"
            "ab  plain  -       -\n");
}

TEST(TableText, escapes_control_characters_and_colours_only_when_asked) {
  const auto one = rows(R"([{"id":"a","name":"x\u001b[2Jy\nz","status":"FAILED"}])");
  EXPECT_EQ(table_text(kColumns, one, kWide).find('\x1b'), std::string::npos);
  Screen coloured = kWide;
  coloured.colour = Colour::on;
  EXPECT_NE(table_text(kColumns, one, coloured).find("\x1b[31mFAILED\x1b[0m"), std::string::npos);
}

TEST(TsvText, has_one_line_per_row_no_header_and_raw_times) {
  const auto one = rows(R"([{"id":"a","name":"tab\there","next":"2026-01-01T00:00:05.000Z"}])");
  EXPECT_EQ(tsv_text(kColumns, one), "a\ttab\\there\t\t2026-01-01T00:00:05.000Z\n");
}

TEST(DetailText, leaves_out_what_is_empty) {
  const auto object = boost::json::parse(
      R"({"id":"a","description":null,"tags":[],"createdAt":"2026-01-01T00:00:00.000Z",
          "parameters":{"type":"noop"}})");
  EXPECT_EQ(detail_text(object, kWide),
            "id               a\n"
            "createdAt        2026-01-01 00:00:00Z (now)\n"
            "parameters.type  noop\n");
}

}  // namespace
}  // namespace carillon::cli
