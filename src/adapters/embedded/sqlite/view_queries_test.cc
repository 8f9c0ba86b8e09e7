// Which index the common lists use. A full scan here is a list that grows slow with the store.
#include "adapters/embedded/sqlite/view_queries.h"

#include <gtest/gtest.h>

#include "adapters/embedded/sqlite/temporary_folder.h"
#include "adapters/embedded/sqlite/view_schema.h"

namespace carillon {
namespace {

constexpr Instant kNow = Instant::from_unix_ms(1'767'225'600'000);

class ViewPlanTest : public testing::Test {
 protected:
  void SetUp() override {
    connection_ =
        SqliteConnection::open(folder_.path("views.db"), SqliteConnection::Access::write).value();
    ASSERT_TRUE(create_view_schema(connection_).has_value());
  }

  std::string plan(const ListStatement& list) {
    auto statement = connection_.prepare("EXPLAIN QUERY PLAN " + list.sql);
    EXPECT_TRUE(statement.has_value()) << list.sql;
    for (const SqlValue& value : list.values) statement->bind(value);
    std::string lines;
    while (statement->step().value()) lines += std::string(statement->text(3)) + "\n";
    return lines;
  }

  std::string task_plan(std::string_view filter, TaskOrder order = TaskOrder::created_desc,
                        Reach reach = Reach::all) {
    TaskQuery query{.filter = std::nullopt, .order = order, .page = {}};
    if (!filter.empty()) query.filter = parse_filter(filter, kNow).value();
    std::string lines = plan(task_list_statement(query, reach).value());
    // The page behind must be as good as the first.
    query.page.cursor = write_cursor({.listing = listing_of(order), .text = {}});
    const std::string behind = plan(task_list_statement(query, reach).value());
    EXPECT_EQ(uses_full_scan(behind), uses_full_scan(lines)) << behind;
    EXPECT_EQ(sorts(behind), sorts(lines)) << behind;
    return lines;
  }

  // A scan without an index; one in the order of an index ends with its page.
  static bool uses_full_scan(const std::string& plan) {
    return plan.find("SCAN tasks\n") != std::string::npos ||
           plan.find("SCAN runs\n") != std::string::npos;
  }
  static bool sorts(const std::string& plan) {
    return plan.find("TEMP B-TREE FOR ORDER BY") != std::string::npos;
  }

  TemporaryFolder folder_;
  SqliteConnection connection_;
};

TEST_F(ViewPlanTest, every_order_of_tasks_follows_its_index) {
  for (const auto& [order, index] : {std::pair{TaskOrder::created_desc, "tasks_by_created"},
                                     std::pair{TaskOrder::created_asc, "tasks_by_created"},
                                     std::pair{TaskOrder::updated_desc, "tasks_by_updated"},
                                     std::pair{TaskOrder::name_asc, "tasks_by_name"},
                                     std::pair{TaskOrder::next_execution_asc, "tasks_by_next"}}) {
    const std::string lines = task_plan("", order);
    EXPECT_NE(lines.find(index), std::string::npos) << lines;
    EXPECT_FALSE(sorts(lines)) << lines;
    EXPECT_FALSE(uses_full_scan(lines)) << lines;
  }
}

TEST_F(ViewPlanTest, a_status_or_type_follows_its_index) {
  for (const auto& [filter, index] :
       {std::pair{"status:failed", "tasks_by_status"}, std::pair{"type:http", "tasks_by_type"}}) {
    const std::string lines = task_plan(filter);
    EXPECT_NE(lines.find(index), std::string::npos) << lines;
    EXPECT_FALSE(sorts(lines)) << lines;
  }
}

TEST_F(ViewPlanTest, text_is_looked_up_in_the_search_index) {
  for (const char* filter : {"nightly", "name~nightly", "tag:etl"}) {
    const std::string lines = task_plan(filter);
    EXPECT_NE(lines.find("SCAN search VIRTUAL TABLE INDEX"), std::string::npos) << lines;
    EXPECT_NE(lines.find("SEARCH tasks USING INTEGER PRIMARY KEY"), std::string::npos) << lines;
    EXPECT_FALSE(uses_full_scan(lines)) << lines;
  }
}

TEST_F(ViewPlanTest, a_near_list_reads_its_tasks_by_the_index_of_its_order) {
  const std::string lines = task_plan("nightly", TaskOrder::updated_desc, Reach::near);
  EXPECT_NE(lines.find("tasks_by_updated"), std::string::npos) << lines;
  EXPECT_EQ(lines.find("search"), std::string::npos) << lines;
  EXPECT_FALSE(uses_full_scan(lines)) << lines;
}

TEST_F(ViewPlanTest, steps_are_found_by_their_run) {
  const std::string lines = task_plan("parent:00000000-0000-0000-0000-000000000000.1");
  EXPECT_NE(lines.find("tasks_by_parent"), std::string::npos) << lines;
}

TEST_F(ViewPlanTest, runs_follow_an_index) {
  const RunQuery all{.task = std::nullopt, .statuses = {}, .page = {}};
  EXPECT_NE(plan(run_list_statement(all).value()).find("runs_by_created"), std::string::npos);
  const RunQuery failed{.task = std::nullopt, .statuses = {RunStatus::failed}, .page = {}};
  EXPECT_NE(plan(run_list_statement(failed).value()).find("runs_by_status"), std::string::npos);
  const RunQuery of_task{.task = TaskId{}, .statuses = {}, .page = {}};
  const std::string lines = plan(run_list_statement(of_task).value());
  EXPECT_NE(lines.find("SEARCH runs USING PRIMARY KEY (task=?"), std::string::npos) << lines;
}

}  // namespace
}  // namespace carillon
