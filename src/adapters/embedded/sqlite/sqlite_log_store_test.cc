#include "adapters/embedded/sqlite/sqlite_log_store.h"

#include <atomic>
#include <fstream>

#include <gtest/gtest.h>

#include "adapters/embedded/sqlite/temporary_folder.h"

namespace carillon {
namespace {

AttemptId attempt(std::uint32_t number) {
  return {.run = {.task = TaskId{Uuid{.bytes = {7}}}, .number = 1}, .number = number};
}

Instant at(std::int64_t ms) { return Instant::from_unix_ms(ms); }

std::vector<std::string> texts(const std::vector<LogLine>& lines) {
  std::vector<std::string> list;
  for (const LogLine& line : lines) list.push_back(line.text);
  return list;
}

class SqliteLogStoreTest : public testing::Test {
 protected:
  std::string path() { return folder_.path("logs.db"); }
  std::unique_ptr<SqliteLogStore> open(std::string warning = {}) {
    auto opened = SqliteLogStore::open(path());
    EXPECT_TRUE(opened.has_value());
    EXPECT_EQ(opened->warning.empty(), warning.empty()) << opened->warning;
    return std::move(opened->store);
  }
  TemporaryFolder folder_;
};

TEST_F(SqliteLogStoreTest, gives_back_lines_at_once_and_in_order) {
  const auto store = open();
  for (int i = 1; i <= 500; ++i) {
    store->append(attempt(1), at(i), LogStream::out, std::to_string(i));
    const auto lines = store->read(attempt(1), 0, 1000);
    ASSERT_TRUE(lines.has_value());
    ASSERT_EQ(lines->size(), static_cast<std::size_t>(i));
    ASSERT_EQ(lines->back().sequence, static_cast<std::uint64_t>(i));
    ASSERT_EQ(lines->back().text, std::to_string(i));
  }
}

TEST_F(SqliteLogStoreTest, goes_on_after_a_sequence_and_within_a_limit) {
  const auto store = open();
  for (const char* text : {"a", "b", "c", "d"}) {
    store->append(attempt(1), at(1), LogStream::err, text);
  }
  EXPECT_EQ(texts(store->read(attempt(1), 1, 2).value()), (std::vector<std::string>{"b", "c"}));
  EXPECT_TRUE(store->read(attempt(1), 4, 2)->empty());
  EXPECT_TRUE(store->read(attempt(2), 0, 2)->empty());
}

TEST_F(SqliteLogStoreTest, keeps_lines_over_a_restart_and_numbers_on) {
  const LogLine first{1, at(5), LogStream::err, std::string("a\0ä", 4)};
  open()->append(attempt(1), first.at, first.stream, first.text);
  const auto store = open();
  store->append(attempt(1), at(6), LogStream::out, "b");
  const auto lines = store->read(attempt(1), 0, 10).value();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], first);
  EXPECT_EQ(lines[1].sequence, 2U);
}

TEST_F(SqliteLogStoreTest, bounds_an_attempt_and_says_so_once) {
  const auto store = open();
  const std::string line(1024, 'x');
  for (int i = 0; i < 1100; ++i) store->append(attempt(1), at(1), LogStream::out, line);
  const auto lines = store->read(attempt(1), 0, 5000).value();
  ASSERT_EQ(lines.size(), 1025U);
  EXPECT_EQ(lines.back().stream, LogStream::note);
  EXPECT_EQ(store->dropped(attempt(1)), 76U);
  store->append(attempt(2), at(1), LogStream::out, "another attempt has its own bound");
  EXPECT_EQ(store->read(attempt(2), 0, 10)->size(), 1U);
}

TEST_F(SqliteLogStoreTest, tells_followers_until_they_let_go) {
  const auto store = open();
  std::atomic<int> calls = 0;
  auto handle = store->follow(attempt(1), [&] { ++calls; });
  store->append(attempt(1), at(1), LogStream::out, "a");
  store->append(attempt(2), at(1), LogStream::out, "not followed");
  EXPECT_EQ(calls, 1);
  handle.reset();
  store->append(attempt(1), at(1), LogStream::out, "b");
  EXPECT_EQ(calls, 1);
}

TEST_F(SqliteLogStoreTest, forgets_attempts_by_the_age_of_their_last_line) {
  {
    const auto store = open();
    store->append(attempt(1), at(10), LogStream::out, "old");
    store->append(attempt(2), at(10), LogStream::out, "old");
    store->append(attempt(2), at(30), LogStream::out, "new");
  }
  const auto store = open();
  EXPECT_EQ(store->forget_before(at(20)), 1U);
  EXPECT_TRUE(store->read(attempt(1), 0, 10)->empty());
  EXPECT_EQ(store->read(attempt(2), 0, 10)->size(), 2U);
}

TEST_F(SqliteLogStoreTest, begins_anew_beside_a_damaged_file) {
  std::ofstream(path()) << std::string(5000, 'z');
  const auto store = open("set aside");
  store->append(attempt(1), at(1), LogStream::out, "a");
  EXPECT_EQ(store->read(attempt(1), 0, 10)->size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(path() + ".damaged"));
}

TEST(LogQueue, drops_lines_when_it_is_full_and_says_how_many) {
  LogQueue queue(200);
  for (int i = 0; i < 5; ++i) queue.append(attempt(1), at(1), LogStream::out, "1234567890");
  EXPECT_EQ(queue.waiting(attempt(1)).lines.size(), 2U);
  EXPECT_EQ(queue.waiting(attempt(1)).dropped, 3U);
  queue.take();
  queue.append(attempt(1), at(2), LogStream::out, "again");
  const auto lines = queue.waiting(attempt(1)).lines;
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].stream, LogStream::note);
  EXPECT_EQ(lines[0].text.substr(0, 7), "3 lines");
  EXPECT_EQ(lines[1].text, "again");
}

TEST(LogQueue, keeps_the_order_of_what_is_put_back) {
  LogQueue queue(10'000);
  queue.append(attempt(1), at(1), LogStream::out, "a");
  auto taken = queue.take();
  queue.append(attempt(1), at(2), LogStream::out, "b");
  queue.put_back(std::move(taken));
  const auto lines = queue.waiting(attempt(1)).lines;
  EXPECT_EQ(texts(lines), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace carillon
