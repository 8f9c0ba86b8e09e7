#include "api/http/server_sent_event.h"

#include <gtest/gtest.h>

namespace carillon::http {
namespace {

TEST(ServerSentEvent, has_one_data_line_per_line_of_text) {
  std::string out;
  append_event(out, {.id = "7", .type = "task.created", .data = "a\nb\r\nc"});
  EXPECT_EQ(out, "id: 7\nevent: task.created\ndata: a\ndata: b\ndata: c\n\n");
}

TEST(ServerSentEvent, cannot_be_split_by_its_id) {
  std::string out;
  append_event(out, {.id = "7\ndata: forged", .data = "x"});
  EXPECT_EQ(out, "id: 7data: forged\ndata: x\n\n");
}

TEST(ServerSentEvent, heartbeat_is_a_comment) {
  std::string out;
  append_heartbeat(out);
  EXPECT_EQ(out, ":\n\n");
}

}  // namespace
}  // namespace carillon::http
