#include "cli/rest/sse_parser.h"

#include <gtest/gtest.h>

namespace carillon::cli {
namespace {

using Events = std::vector<SseEvent>;

TEST(SseParser, reads_events_that_are_cut_anywhere) {
  const std::string stream =
      "id: 7\nevent: run.started\ndata: {\"a\":\ndata: 1}\n\nid: 8\ndata: x\n\n";
  const Events expected{{"7", "run.started", "{\"a\":\n1}"}, {"8", "message", "x"}};
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    SseParser parser;
    Events events = parser.push(std::string_view(stream).substr(0, cut));
    for (SseEvent& event : parser.push(std::string_view(stream).substr(cut))) {
      events.push_back(std::move(event));
    }
    EXPECT_EQ(events, expected) << "cut at " << cut;
  }
}

TEST(SseParser, takes_all_three_line_ends_and_a_byte_order_mark) {
  SseParser parser;
  EXPECT_EQ(parser.push("\xef\xbb\xbf"
                        "data: a\r\n\r\ndata: b\r\rdata: c\n\n"),
            (Events{{"", "message", "a"}, {"", "message", "b"}, {"", "message", "c"}}));
}

TEST(SseParser, takes_a_carriage_return_and_line_feed_for_one_line_end) {
  SseParser parser;
  EXPECT_EQ(parser.push("data: a\r"), Events{});
  EXPECT_EQ(parser.push("\ndata: b\r\n\r\n"), (Events{{"", "message", "a\nb"}}));
}

TEST(SseParser, skips_comments_unknown_fields_and_events_without_data) {
  SseParser parser;
  EXPECT_EQ(parser.push(": ping\n\nretry: 5\nevent: x\n\nfoo: y\ndata:no blank\n\n"),
            (Events{{"", "message", "no blank"}}));
}

TEST(SseParser, keeps_the_last_id_for_events_without_one) {
  SseParser parser;
  EXPECT_EQ(parser.push("id: 3\ndata: a\n\ndata: b\n\n"),
            (Events{{"3", "message", "a"}, {"3", "message", "b"}}));
}

TEST(SseParser, drops_an_event_beyond_its_bound_and_reads_on) {
  SseParser parser;
  EXPECT_EQ(parser.push("data: " + std::string(5U << 20U, 'x')), Events{});
  EXPECT_EQ(parser.push("\n\ndata: next\n\n"), (Events{{"", "message", "next"}}));
}

}  // namespace
}  // namespace carillon::cli
