#include "executors/data/private_database.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

PrivateDatabase locked(std::uint64_t size_bytes = 1 << 20) {
  auto database = PrivateDatabase::open(size_bytes, [] { return false; });
  EXPECT_TRUE(database);
  EXPECT_TRUE(database->execute("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)"));
  database->lock_down();
  return std::move(*database);
}

TEST(PrivateDatabase, allows_work_on_its_own_tables) {
  PrivateDatabase database = locked();
  for (const auto* sql :
       {"SELECT sum(a) FROM t", "CREATE TABLE u AS SELECT * FROM t", "UPDATE t SET a = a + 1",
        "DELETE FROM t WHERE a = 1", "CREATE TEMP TABLE v (b)", "CREATE VIEW w AS SELECT a FROM t",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT * FROM "
        "n",
        "CREATE INDEX i ON t (a)", "SELECT json_extract('{\"a\": 1}', '$.a')"}) {
    const auto done = database.execute(sql);
    EXPECT_TRUE(done) << sql << ": " << done.error().message;
  }
}

TEST(PrivateDatabase, refuses_everything_that_reaches_outside) {
  PrivateDatabase database = locked();
  for (const auto* sql :
       {"ATTACH '/tmp/x.db' AS x", "ATTACH ':memory:' AS x", "PRAGMA journal_mode=WAL",
        "PRAGMA max_page_count=999999", "PRAGMA table_info(t)", "VACUUM INTO '/tmp/x.db'", "VACUUM",
        "SELECT load_extension('x')", "DETACH main", "CREATE VIRTUAL TABLE v USING fts5(a)",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END",
        "SELECT * FROM pragma_database_list", "SELECT readfile('/etc/passwd')",
        "SELECT writefile('/tmp/x', 'y')", "UPDATE sqlite_master SET sql = 'x'"}) {
    EXPECT_FALSE(database.execute(sql)) << sql;
  }
}

TEST(PrivateDatabase, is_bounded_in_size) {
  PrivateDatabase database = locked(256 * 1024);
  const auto done = database.execute(
      "CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i "
      "< "
      "10000) SELECT zeroblob(1000) AS z FROM n");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::storage_full);
}

TEST(PrivateDatabase, is_bounded_in_the_size_of_one_value) {
  PrivateDatabase database = locked();
  EXPECT_FALSE(database.execute("SELECT zeroblob(100000000)"));
}

TEST(PrivateDatabase, ends_a_query_that_is_stopped) {
  int looks = 0;
  auto database = PrivateDatabase::open(1 << 20, [&] { return ++looks > 3; });
  ASSERT_TRUE(database);
  const auto done = database->execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::timed_out);
}

TEST(PrivateDatabase, quotes_any_name) { EXPECT_EQ(quoted_name("a\"b"), "\"a\"\"b\""); }

}  // namespace
}  // namespace carillon
