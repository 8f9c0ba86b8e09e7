#include "executors/types/data_processing.h"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "executors/testing/type_harness.h"

namespace carillon {
namespace {

using testing::completed;
using testing::failed;
using testing::TypeHarness;

boost::json::value preview(const AttemptEnding& ending) { return completed(ending)["preview"]; }

TEST(DataProcessing, summarises_a_sample_with_only_its_type) {
  const auto result = completed(TypeHarness().run(R"({"type": "data_processing"})"));
  EXPECT_EQ(result.at("rows").as_int64(), 7);
  const auto& celsius = result.at("summary").at(1);
  EXPECT_EQ(celsius.at("column").as_string(), "celsius");
  EXPECT_EQ(celsius.at("min").as_double(), 9.5);
  EXPECT_EQ(celsius.at("max").as_double(), 15.0);
  EXPECT_NEAR(celsius.at("mean").as_double(), 12.214, 0.001);
}

TEST(DataProcessing, runs_sql_over_a_csv_file_and_writes_the_result) {
  TypeHarness harness;
  harness.directory.write("in.csv", "city,n,zip\nOslo,3,0150\nBergen,4,5003\nOslo,5,0150\n");
  const auto result = completed(harness.run(
      R"({"type": "data_processing", "input": "in.csv", "output": "out.csv",
          "sql": "SELECT city, sum(n) AS total, zip FROM input GROUP BY city ORDER BY 2 DESC"})"));
  EXPECT_EQ(result.at("rows").as_int64(), 2);
  EXPECT_EQ(result.at("output").as_string(), "out.csv");
  EXPECT_EQ(result.at("preview"),
            boost::json::parse(R"([{"city": "Oslo", "total": 8, "zip": "0150"},
                                   {"city": "Bergen", "total": 4, "zip": "5003"}])"));
  EXPECT_EQ(harness.directory.read("out.csv"), "city,total,zip\nOslo,8,0150\nBergen,4,5003\n");
}

TEST(DataProcessing, joins_several_inputs) {
  TypeHarness harness;
  harness.directory.write("a.jsonl", "{\"id\": 1, \"v\": \"x\"}\n\n{\"id\": 2, \"w\": [1]}\n");
  EXPECT_EQ(preview(harness.run(R"j({"type": "data_processing", "inputs": {
      "a": {"path": "a.jsonl"}, "b": {"rows": [{"id": 2, "label": "two"}]}},
      "sql": "SELECT label, v, w FROM a JOIN b USING (id)"
})j")),
            boost::json::parse(R"([{"label": "two", "v": null, "w": "[1]"}])"));
}

TEST(DataProcessing, takes_columns_that_come_late) {
  TypeHarness harness;
  std::string lines;
  for (int i = 0; i < 1500; ++i) lines += fmt::format("{{\"a\": {}}}\n", i);
  harness.directory.write("a.jsonl", lines + "{\"a\": 0, \"b c\": true}\n");
  EXPECT_EQ(preview(harness.run(R"({"type": "data_processing", "input": "a.jsonl",
      "sql": "SELECT count(*) AS n, sum(\"b c\") AS b FROM input"})")),
            boost::json::parse(R"([{"n": 1501, "b": 1}])"));
}

TEST(DataProcessing, runs_statements_in_turn_and_gives_the_last) {
  EXPECT_EQ(preview(TypeHarness().run(R"({"type": "data_processing", "rows": [{"a": 1}],
      "sql": "CREATE TABLE t AS SELECT a + 1 AS b FROM input; SELECT 0; SELECT * FROM t; --"})")),
            boost::json::parse(R"([{"b": 2}])"));
}

TEST(DataProcessing, reads_a_hundred_thousand_rows) {
  TypeHarness harness;
  std::string csv = "id,value\n";
  for (int i = 0; i < 100'000; ++i) csv += fmt::format("{},{}.5\n", i, i % 10);
  harness.directory.write("big.csv", csv);
  const auto result = completed(
      harness.run(R"({"type": "data_processing", "input": "big.csv", "output": "copy.jsonl"})"));
  EXPECT_EQ(result.at("rows").as_int64(), 100'000);
  EXPECT_EQ(result.at("preview").as_array().size(), 20U);
  EXPECT_TRUE(harness.directory.read("copy.jsonl").starts_with(R"({"id":0,"value":0.5)"));
}

TEST(DataProcessing, writes_json_that_can_be_read_again) {
  TypeHarness harness;
  completed(harness.run(R"({"type": "data_processing", "output": "o.json",
      "rows": [{"a": "x,\"y\"\n"}, {"a": null}]})"));
  EXPECT_EQ(boost::json::parse(harness.directory.read("o.json")),
            boost::json::parse(R"([{"a": "x,\"y\"\n"}, {"a": null}])"));
}

TEST(DataProcessing, refuses_sql_that_reaches_outside) {
  TypeHarness harness;
  const Failed failure =
      failed(harness.run(fmt::format(R"({{"type": "data_processing", "sql": "ATTACH '{}' AS x"}})",
                                     harness.directory.path("x.db"))));
  EXPECT_EQ(failure.repeat, Repeat::useless);
  EXPECT_FALSE(harness.directory.has("x.db"));
}

TEST(DataProcessing, refuses_paths_outside_its_roots) {
  const Failed failure =
      failed(TypeHarness().run(R"({"type": "data_processing", "input": "../../etc/x.csv"})"));
  EXPECT_EQ(failure.code, "forbidden");
}

TEST(DataProcessing, may_be_repeated_when_the_file_is_not_there_yet) {
  const Failed failure =
      failed(TypeHarness().run(R"({"type": "data_processing", "input": "later.csv"})"));
  EXPECT_EQ(failure.code, "not-found");
  EXPECT_EQ(failure.repeat, Repeat::may_help);
}

TEST(DataProcessing, leaves_no_output_when_the_query_fails) {
  TypeHarness harness;
  failed(harness.run(R"({"type": "data_processing", "output": "o.csv", "sql": "SELECT nothing"})"));
  EXPECT_FALSE(harness.directory.has("o.csv"));
}

constexpr std::string_view kEndless =
    R"({"type": "data_processing", "sql":
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"})";

TEST(DataProcessing, ends_when_it_is_stopped) {
  TypeHarness harness;
  EXPECT_TRUE(testing::is_cancelled(
      harness.run_and(kEndless, [&] { harness.stop->ask({.reason = "enough"}); })));
}

TEST(DataProcessing, ends_at_its_deadline) {
  TypeHarness harness;
  harness.dispatched.deadline = harness.clock.wall() + Duration::milliseconds(50);
  EXPECT_EQ(failed(harness.run(kEndless)).code, "timed-out");
}

TEST(DataProcessing, is_bounded_in_size) {
  TypeHarness harness([](ExecutorOptions& options) { options.database.size_bytes = 1 << 20; });
  EXPECT_EQ(failed(harness.run(R"({"type": "data_processing",
      "sql": "CREATE TABLE b AS SELECT zeroblob(9000) FROM input, input b, input c"})"))
                .code,
            "storage-full");
}

TEST(DataProcessing, says_what_is_missing_when_it_is_created) {
  const TypeHarness harness;
  EXPECT_FALSE(harness.validate(R"({"type": "data_processing", "input": "x.parquet"})"));
  EXPECT_FALSE(harness.validate(R"({"type": "data_processing", "output": "x.xml"})"));
  EXPECT_FALSE(harness.validate(R"({"type": "data_processing", "input": "a.csv", "rows": []})"));
  EXPECT_FALSE(harness.validate(R"({"type": "data_processing",
      "inputs": {"a": {"rows": []}, "b": {"rows": []}}})"));
}

}  // namespace
}  // namespace carillon
