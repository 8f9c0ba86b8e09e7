#include "adapters/embedded/sqlite/sqlite_task_repository.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "adapters/embedded/sqlite/temporary_folder.h"
#include "base/wire.h"
#include "domain/record/facts.h"

namespace carillon {
namespace {

TaskId task_id(std::uint8_t number) { return TaskId{Uuid{.bytes = {number}}}; }

TaskFact task_fact(std::uint8_t number, std::string name) {
  TaskFact fact;
  fact.task = task_id(number);
  fact.version = TaskVersion{1};
  fact.definition = TaskDefinition{.name = std::move(name)};
  fact.row = TaskRow{};
  return fact;
}

FactRecord record_of(std::uint64_t position, const TaskFact& fact) {
  FactRecord record;
  record.position = JournalPosition{position};
  record.payload = to_wire(fact);
  return record;
}

class SqliteTaskRepositoryTest : public testing::Test {
 protected:
  std::string path() { return folder_.path("views.db"); }
  SqliteTaskRepository::Opened open() {
    auto opened = SqliteTaskRepository::open(path());
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message);
    return std::move(*opened);
  }
  static void apply(SqliteTaskRepository& repository, std::vector<FactRecord> facts) {
    const auto applied = repository.apply(facts);
    ASSERT_TRUE(applied.has_value()) << applied.error().message;
  }
  static std::size_t count(const SqliteTaskRepository& repository) {
    return repository.list_tasks({.filter = std::nullopt, .page = {}}).value().items.size();
  }
  void fill_file(int tasks) {
    const auto opened = open();
    std::vector<FactRecord> facts;
    for (int i = 1; i <= tasks; ++i) {
      facts.push_back(record_of(static_cast<std::uint64_t>(i),
                                task_fact(static_cast<std::uint8_t>(i), "a task")));
    }
    apply(*opened.repository, facts);
  }

  TemporaryFolder folder_;
};

TEST_F(SqliteTaskRepositoryTest, begins_with_nothing) {
  const auto opened = open();
  EXPECT_EQ(opened.found, ViewFileState::fresh);
  EXPECT_EQ(opened.warning, "");
  EXPECT_EQ(opened.repository->applied(), JournalPosition{});
}

TEST_F(SqliteTaskRepositoryTest, keeps_what_it_has) {
  fill_file(3);
  const auto opened = open();
  EXPECT_EQ(opened.found, ViewFileState::kept);
  EXPECT_EQ(opened.repository->applied(), JournalPosition{3});
  EXPECT_EQ(count(*opened.repository), 3U);
}

TEST_F(SqliteTaskRepositoryTest, drops_a_file_of_another_version) {
  fill_file(3);
  auto connection = SqliteConnection::open(path(), SqliteConnection::Access::write).value();
  ASSERT_TRUE(connection.execute("PRAGMA user_version = 99").has_value());
  connection = SqliteConnection();
  const auto opened = open();
  EXPECT_EQ(opened.found, ViewFileState::other_version);
  EXPECT_NE(opened.warning, "");
  EXPECT_EQ(opened.repository->applied(), JournalPosition{});
  EXPECT_EQ(count(*opened.repository), 0U);
}

TEST_F(SqliteTaskRepositoryTest, sets_a_file_aside_that_is_no_database) {
  std::ofstream(path()) << "this was never a database, but it is long enough to look like one";
  const auto opened = open();
  EXPECT_EQ(opened.found, ViewFileState::damaged);
  EXPECT_NE(opened.warning, "");
  EXPECT_TRUE(std::filesystem::exists(path() + ".damaged"));
  EXPECT_EQ(count(*opened.repository), 0U);
}

TEST_F(SqliteTaskRepositoryTest, sets_a_file_aside_that_was_cut_off) {
  fill_file(60);
  std::filesystem::resize_file(path(), 8192);
  const auto opened = open();
  EXPECT_EQ(opened.found, ViewFileState::damaged);
  EXPECT_EQ(opened.repository->applied(), JournalPosition{});
}

TEST_F(SqliteTaskRepositoryTest, sets_a_file_aside_that_lacks_a_table) {
  fill_file(3);
  auto connection = SqliteConnection::open(path(), SqliteConnection::Access::write).value();
  ASSERT_TRUE(connection.execute("DROP TABLE runs").has_value());
  connection = SqliteConnection();
  EXPECT_EQ(open().found, ViewFileState::damaged);
}

TEST_F(SqliteTaskRepositoryTest, survives_damage_anywhere_in_the_file) {
  fill_file(60);
  const auto size = std::filesystem::file_size(path());
  const std::string whole = path() + ".whole";
  std::filesystem::copy_file(path(), whole);
  for (std::uintmax_t at = 0; at < size; at += 4096) {
    std::filesystem::copy_file(whole, path(), std::filesystem::copy_options::overwrite_existing);
    {
      std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(at));
      file << std::string(4096, '\xa5');
    }
    const auto opened = open();
    // Either it was seen at once, or it is an error for the reader or writer who meets it, and a
    // rebuild then helps. Never a crash.
    std::ignore = opened.repository->list_tasks({.filter = std::nullopt, .page = {}});
    std::ignore = opened.repository->list_runs({.task = std::nullopt, .statuses = {}, .page = {}});
    const FactRecord record = record_of(1000, task_fact(200, "written on a damaged page"));
    const auto applied = opened.repository->apply(std::span(&record, 1));
    if (!applied) {
      EXPECT_EQ(applied.error().code, ErrorCode::corrupt) << at;
    }
    ASSERT_TRUE(opened.repository->rebuild().has_value()) << at;
    EXPECT_EQ(count(*opened.repository), 0U);
  }
}

TEST_F(SqliteTaskRepositoryTest, counts_facts_it_cannot_read) {
  const auto opened = open();
  FactRecord unreadable = record_of(1, task_fact(1, "a"));
  unreadable.payload = "not a fact";
  apply(*opened.repository, {unreadable, record_of(2, task_fact(2, "b"))});
  EXPECT_EQ(opened.repository->unreadable_facts(), 1U);
  EXPECT_EQ(count(*opened.repository), 1U);
}

TEST_F(SqliteTaskRepositoryTest, keeps_parameters_as_they_were_written) {
  const auto opened = open();
  TaskFact fact = task_fact(1, "a");
  fact.definition->parameters = JsonText(R"({ "n": 9223372036854775807, "u": "\u00e4ä" })");
  apply(*opened.repository, {record_of(1, fact)});
  const auto page = opened.repository->list_tasks({.filter = std::nullopt, .page = {}});
  ASSERT_EQ(page->items.size(), 1U);
  EXPECT_EQ(page->items.front().definition, *fact.definition);
}

TEST_F(SqliteTaskRepositoryTest, finds_a_task_by_its_new_name_only) {
  const auto opened = open();
  TaskFact fact = task_fact(1, "before");
  apply(*opened.repository, {record_of(1, fact)});
  fact.version = TaskVersion{2};
  fact.definition->name = "afterwards";
  apply(*opened.repository, {record_of(2, fact)});
  for (const auto& [word, hits] : {std::pair{"before", 0U}, std::pair{"afterwards", 1U}}) {
    // More tasks than a near list looks at are not needed: both ways must agree, see conformance.
    const auto filter = parse_filter(word, Instant{}).value();
    EXPECT_EQ(opened.repository->list_tasks({.filter = filter, .page = {}})->items.size(), hits);
  }
}

TEST_F(SqliteTaskRepositoryTest, reports_statistics_of_the_runs_that_ended_in_a_span) {
  const auto opened = open();
  std::vector<FactRecord> facts;
  const auto moment = [](std::int64_t ms) { return Instant::from_unix_ms(ms); };
  for (std::uint8_t task = 1; task <= 2; ++task) {
    TaskFact fact = task_fact(task, task == 1 ? "good" : "bad");
    fact.definition->type = task == 1 ? "http" : "noop";
    for (std::uint32_t number = 1; number <= 100; ++number) {
      fact.version = TaskVersion{number};
      fact.run =
          RunRow{.id = {.task = fact.task, .number = number},
                 .status = task == 1 || number > 3 ? RunStatus::completed : RunStatus::failed,
                 .due = moment(1000),
                 .started_at = moment(1000 + number),
                 .ended_at = moment(5000 + number),
                 .retries = task == 1 ? 0U : 2U};
      facts.push_back(record_of(facts.size() + 1, fact));
    }
  }
  apply(*opened.repository, facts);
  const auto statistics = opened.repository->run_statistics(moment(5001), moment(5101));
  ASSERT_TRUE(statistics.has_value());
  EXPECT_EQ(statistics->lateness.samples, 200U);
  EXPECT_EQ(statistics->lateness.p50.ms(), 50);
  EXPECT_EQ(statistics->lateness.p99.ms(), 99);
  EXPECT_EQ(statistics->lateness.max.ms(), 100);
  ASSERT_EQ(statistics->outcomes.size(), 3U);
  EXPECT_EQ(statistics->outcomes[0].type, "http");
  EXPECT_EQ(statistics->outcomes[0].runs, 100U);
  EXPECT_EQ(statistics->outcomes[0].retries, 0U);
  EXPECT_EQ(opened.repository->run_statistics(moment(1), moment(2))->lateness.samples, 0U);
}

// Only tasks with failed runs were reported, so on a good day the report had no tasks at all.
TEST_F(SqliteTaskRepositoryTest, reports_the_busiest_tasks_with_all_their_outcomes) {
  const auto opened = open();
  std::vector<FactRecord> facts;
  const auto moment = [](std::int64_t ms) { return Instant::from_unix_ms(ms); };
  const auto add_run = [&](TaskFact& fact, RunStatus status) {
    const auto number = static_cast<std::uint32_t>(fact.version.value() + 1);
    fact.version = TaskVersion{number};
    fact.run = RunRow{.id = {.task = fact.task, .number = number},
                      .status = status,
                      .due = moment(1000),
                      .started_at = moment(1000 + number),
                      .ended_at = moment(5000),
                      .retries = 2};
    facts.push_back(record_of(facts.size() + 1, fact));
  };
  for (std::uint8_t id = 1; id <= 25; ++id) {
    TaskFact fact = task_fact(id, "task " + std::to_string(id));
    fact.definition->type = "http";
    for (std::uint8_t run = 0; run < id; ++run) add_run(fact, RunStatus::completed);
    if (id == 25) add_run(fact, RunStatus::failed);
    if (id == 25) add_run(fact, RunStatus::cancelled);
  }
  apply(*opened.repository, facts);
  const auto statistics = opened.repository->run_statistics(moment(5000), moment(5001));
  ASSERT_TRUE(statistics.has_value());
  ASSERT_EQ(statistics->busiest.size(), 20U);
  const BusyTask& first = statistics->busiest.front();
  EXPECT_EQ(first.name, "task 25");
  EXPECT_EQ(first.type, "http");
  EXPECT_EQ(first.completed, 25U);
  EXPECT_EQ(first.failed, 1U);
  EXPECT_EQ(first.cancelled, 1U);
  EXPECT_EQ(first.retries, 54U);
  EXPECT_EQ(first.lateness.samples, 27U);
  EXPECT_EQ(first.lateness.max - first.lateness.p50, Duration::milliseconds(13));
  EXPECT_EQ(statistics->busiest.back().name, "task 6");
  EXPECT_EQ(statistics->busiest.back().completed, 6U);
}

TEST_F(SqliteTaskRepositoryTest, outlives_a_rebuild_for_which_there_is_no_place) {
  auto opened = open();
  std::filesystem::remove_all(std::filesystem::path(path()).parent_path());
  ASSERT_FALSE(opened.repository->rebuild().has_value());
  opened.repository->on_progress([] {});
  opened.repository->on_progress({});
  EXPECT_FALSE(opened.repository->list_tasks({}).has_value());
}

}  // namespace
}  // namespace carillon
