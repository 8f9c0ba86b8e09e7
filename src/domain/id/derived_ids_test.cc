#include "domain/id/derived_ids.h"

#include <string>

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(WorkflowKey, is_read_as_it_was_written) {
  const RunId run{.task = parse_task_id("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b").value(),
                  .number = 0x01020304};
  const Key key = workflow_key(run);
  ASSERT_EQ(key.size(), 20U);
  EXPECT_EQ(key.substr(16), "\x01\x02\x03\x04");
  EXPECT_EQ(parse_workflow_key(key), run);
  EXPECT_EQ(parse_workflow_key(key.substr(0, 19)), std::nullopt);
  EXPECT_EQ(parse_workflow_key(key + "x"), std::nullopt);
}

TEST(DerivedUuid, is_the_same_for_the_same_seed_forever) {
  EXPECT_EQ(to_text(derived_uuid("seed")), "a756dbc5-e55d-8183-957f-96826d28afbe");
  EXPECT_NE(derived_uuid("seed"), derived_uuid("seeD"));
}

TEST(DerivedUuid, carries_version_8_and_the_standard_variant) {
  for (int i = 0; i < 64; ++i) {
    const std::string text = to_text(derived_uuid(std::to_string(i)));
    EXPECT_EQ(text[14], '8') << text;
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace carillon
