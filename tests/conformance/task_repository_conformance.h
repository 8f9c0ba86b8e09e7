// What every TaskRepository must do, as tests. An adapter includes this once and says
// INSTANTIATE_TEST_SUITE_P(Sqlite, TaskRepositoryConformance, testing::Values(make_it)).
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/wire.h"
#include "conformance/fact_maker.h"
#include "conformance/repository_reading.h"
#include "conformance/view_model.h"
#include "domain/words.h"
#include "ports/task_repository.h"

namespace carillon {

// A repository with the place where it keeps things.
class RepositoryUnderTest {
 public:
  RepositoryUnderTest() = default;
  RepositoryUnderTest(const RepositoryUnderTest&) = delete;
  RepositoryUnderTest& operator=(const RepositoryUnderTest&) = delete;
  virtual ~RepositoryUnderTest() = default;
  virtual TaskRepository& get() = 0;
  // Closes and opens it again over the same place.
  virtual void reopen() = 0;
};
using MakeRepository = std::function<std::unique_ptr<RepositoryUnderTest>()>;

class TaskRepositoryConformance : public testing::TestWithParam<MakeRepository> {
 protected:
  void SetUp() override { place_ = GetParam()(); }
  TaskRepository& repository() { return place_->get(); }

  std::unique_ptr<RepositoryUnderTest> place_;
};

TEST_P(TaskRepositoryConformance, lists_what_a_naive_model_lists) {
  const MakeRepository make = GetParam();
  rc::detail::checkGTest([&] {
    FactMaker maker(*rc::gen::arbitrary<std::uint64_t>());
    const auto place = make();
    const auto facts = conformance::make_facts(maker, 50 + maker.below(250));
    ViewModel model;
    for (const FactRecord& fact : facts) model.apply(fact);
    RC_ASSERT(conformance::apply_in_batches(place->get(), maker, facts));
    const std::string difference = conformance::compare_all(place->get(), model, maker);
    RC_LOG() << difference;
    RC_ASSERT(difference.empty());
  });
}

TEST_P(TaskRepositoryConformance, prunes_what_a_naive_model_prunes) {
  const MakeRepository make = GetParam();
  rc::detail::checkGTest([&] {
    FactMaker maker(*rc::gen::arbitrary<std::uint64_t>());
    const auto place = make();
    const auto facts = conformance::make_facts(maker, 200);
    ViewModel model;
    for (const FactRecord& fact : facts) model.apply(fact);
    RC_ASSERT(conformance::apply_in_batches(place->get(), maker, facts));
    const Instant before =
        kMadeNow + Duration::seconds(static_cast<std::int64_t>(maker.below(120)));
    const auto keep = static_cast<std::uint32_t>(maker.below(4));
    const auto removed = place->get().prune_history(before, keep);
    RC_ASSERT(removed.has_value());
    RC_ASSERT(*removed == model.prune(before, keep));
    const std::string difference = conformance::compare_all(place->get(), model, maker);
    RC_LOG() << difference;
    RC_ASSERT(difference.empty());
  });
}

TEST_P(TaskRepositoryConformance, is_the_same_after_it_is_opened_again) {
  FactMaker maker(1);
  const auto facts = conformance::make_facts(maker, 300);
  ViewModel model;
  for (const FactRecord& fact : facts) model.apply(fact);
  ASSERT_TRUE(repository().apply(facts).has_value());
  place_->reopen();
  EXPECT_EQ(repository().applied(), facts.back().position);
  ASSERT_TRUE(repository().apply(facts).has_value());
  EXPECT_EQ(conformance::compare_all(repository(), model, maker), "");
}

TEST_P(TaskRepositoryConformance, is_empty_after_a_rebuild_and_can_be_filled_again) {
  FactMaker maker(2);
  const auto facts = conformance::make_facts(maker, 300);
  ViewModel model;
  for (const FactRecord& fact : facts) model.apply(fact);
  ASSERT_TRUE(repository().apply(facts).has_value());
  ASSERT_TRUE(repository().rebuild().has_value());
  EXPECT_EQ(repository().applied(), JournalPosition{});
  EXPECT_EQ(conformance::compare_all(repository(), ViewModel(), maker), "");
  ASSERT_TRUE(repository().apply(facts).has_value());
  EXPECT_EQ(conformance::compare_all(repository(), model, maker), "");
}

TEST_P(TaskRepositoryConformance, takes_facts_that_come_again_at_a_later_position) {
  FactMaker maker(3);
  std::vector<FactRecord> facts = conformance::make_facts(maker, 300);
  // A purged task is forgotten with its versions, so its facts must not come again.
  std::erase_if(facts, [](const FactRecord& fact) { return fact.type == FactType::task_purged; });
  ViewModel model;
  for (const FactRecord& fact : facts) model.apply(fact);
  ASSERT_TRUE(repository().apply(facts).has_value());
  const std::uint64_t end = facts.back().position.value();
  for (FactRecord& fact : facts) fact.position = JournalPosition{fact.position.value() + end};
  ASSERT_TRUE(repository().apply(facts).has_value());
  EXPECT_EQ(repository().applied(), facts.back().position);
  EXPECT_EQ(conformance::compare_all(repository(), model, maker), "");
}

TEST_P(TaskRepositoryConformance, visits_every_task_once_while_others_are_added) {
  FactMaker maker(4);
  ASSERT_TRUE(repository().apply(conformance::make_facts(maker, 60)).has_value());
  for (int order = 0; order < 5; ++order) {
    TaskQuery query{.filter = std::nullopt,
                    .order = static_cast<TaskOrder>(order),
                    .page = {.size = 3, .cursor = {}}};
    query.page.size = 1000;
    const auto before = repository().list_tasks(query);
    ASSERT_TRUE(before.has_value());
    query.page.size = 3;
    std::vector<TaskId> seen;
    std::uint64_t position = repository().applied().value();
    do {
      const auto page = repository().list_tasks(query);
      ASSERT_TRUE(page.has_value());
      for (const TaskSnapshot& task : page->items) seen.push_back(task.id);
      query.page.cursor = page->next_cursor;
      // A copy of a listed task under a new id: next to it in every order.
      TaskSnapshot added = page->items.front();
      added.id = TaskId{Uuid{.bytes = {static_cast<std::uint8_t>(order), 1}}};
      Uuid raw = added.id.value();
      raw.bytes[2] = static_cast<std::uint8_t>(++position);
      raw.bytes[3] = static_cast<std::uint8_t>(position >> 8);
      TaskFact fact{.task = TaskId{raw}, .version = TaskVersion{1}};
      fact.definition = added.definition;
      fact.row = added.row;
      const FactRecord record{.position = JournalPosition{position}, .payload = to_wire(fact)};
      ASSERT_TRUE(repository().apply(std::span(&record, 1)).has_value());
    } while (!query.page.cursor.empty());
    for (const TaskSnapshot& task : before->items) {
      EXPECT_EQ(std::count(seen.begin(), seen.end(), task.id), 1) << order;
    }
  }
}

TEST_P(TaskRepositoryConformance, passes_over_facts_of_other_topics_and_unreadable_ones) {
  FactMaker maker(5);
  std::vector<FactRecord> facts = conformance::make_facts(maker, 3);
  facts[1].topic = Topic::task_notifications;
  facts[2].payload = "not a fact";
  ASSERT_TRUE(repository().apply(facts).has_value());
  EXPECT_EQ(repository().applied(), facts[2].position);
}

TEST_P(TaskRepositoryConformance, restores_tasks_and_then_takes_the_facts_that_are_left) {
  FactMaker maker(6);
  std::vector<FactRecord> facts = conformance::make_facts(maker, 200);
  ViewModel model;
  for (const FactRecord& fact : facts) model.apply(fact);
  const TaskQuery all{.filter = parse_filter("parent:any OR -parent:any", kMadeNow).value(),
                      .page = {}};
  const auto snapshots = model.list_tasks(all);
  ASSERT_TRUE(repository().restore(snapshots).has_value());
  EXPECT_EQ(repository().applied(), JournalPosition{});
  facts.erase(facts.begin(), facts.begin() + 100);
  ASSERT_TRUE(repository().apply(facts).has_value());
  TaskQuery query = all;
  query.page.size = 1000;
  const auto listed = repository().list_tasks(query);
  ASSERT_TRUE(listed.has_value());
  EXPECT_EQ(listed->items, snapshots);
  // Of runs and history only what the facts left told.
  const auto runs = repository().list_runs({.task = std::nullopt, .statuses = {}, .page = {}});
  ASSERT_TRUE(runs.has_value());
  EXPECT_FALSE(runs->items.empty());
}

TEST_P(TaskRepositoryConformance, reads_the_same_before_and_after_the_backlog_is_worked_on) {
  FactMaker maker(8);
  const auto facts = conformance::make_facts(maker, 300);
  ViewModel model;
  for (std::size_t begin = 0; begin < facts.size(); begin += 100) {
    const std::span<const FactRecord> part(facts.data() + begin, 100);
    for (const FactRecord& fact : part) model.apply(fact);
    ASSERT_TRUE(repository().apply(part).has_value());
    EXPECT_EQ(conformance::compare_all(repository(), model, maker), "");
    place_->reopen();
    EXPECT_EQ(conformance::compare_all(repository(), model, maker), "");
    ASSERT_TRUE(conformance::work_off_backlog(repository()));
    EXPECT_EQ(conformance::compare_all(repository(), model, maker), "");
    place_->reopen();
    EXPECT_EQ(repository().backlog(), Backlog::none);
  }
}

// More tasks than a list looks at before it asks a search index, and than one piece of the backlog.
TEST_P(TaskRepositoryConformance, finds_the_oldest_and_the_newest_of_many_tasks_by_their_text) {
  constexpr std::uint32_t kTasks = 10'000;
  std::vector<FactRecord> facts;
  for (std::uint32_t i = 1; i <= kTasks; ++i) {
    facts.push_back(
        conformance::named_task(i, i, TaskVersion{1}, "task number " + std::to_string(i) + "."));
  }
  ASSERT_TRUE(repository().apply(facts).has_value());
  while (true) {
    for (const std::uint32_t number : {1U, 1024U, 1025U, 8000U, kTasks}) {
      EXPECT_EQ(conformance::found(repository(), "\"number " + std::to_string(number) + ".\""), 1U);
    }
    EXPECT_EQ(conformance::found(repository(), "id~00002710"), 1U);
    EXPECT_EQ(conformance::found(repository(), "\"number 7.\" OR \"number 9999.\""), 2U);
    if (repository().backlog() == Backlog::none) break;
    ASSERT_TRUE(repository().work_on_backlog().has_value());
  }
}

TEST_P(TaskRepositoryConformance, finds_renamed_tasks_by_their_last_name_only) {
  const auto rename = [&](std::uint64_t position, std::uint32_t task, const char* name) {
    const FactRecord fact = conformance::named_task(position, task, TaskVersion{position}, name);
    ASSERT_TRUE(repository().apply(std::span(&fact, 1)).has_value());
  };
  const auto expect_found = [&](const char* word, std::size_t count) {
    EXPECT_EQ(conformance::found(repository(), word), count) << word;
  };
  rename(1, 1, "early");
  rename(2, 1, "midway");
  expect_found("early", 0);
  expect_found("midway", 1);
  ASSERT_TRUE(conformance::work_off_backlog(repository()));
  rename(3, 2, "midway");
  expect_found("midway", 2);
  rename(4, 1, "late");
  rename(5, 2, "late");
  ASSERT_TRUE(conformance::work_off_backlog(repository()));
  expect_found("early", 0);
  expect_found("midway", 0);
  expect_found("late", 2);
}

TEST_P(TaskRepositoryConformance, keeps_a_long_history_whatever_it_came_in) {
  std::vector<FactRecord> facts{conformance::named_task(1, 1, TaskVersion{1}, "a")};
  const TaskId task = from_wire<TaskFact>(facts.front().payload).value().task;
  for (std::uint64_t version = 2; version <= 500; ++version) {
    facts.push_back(conformance::later_fact(version, 1, TaskVersion{version}));
  }
  for (std::size_t done = 0, size = 1; done < facts.size(); done += size, size = size % 90 + 7) {
    const auto batch = std::span(facts).subspan(done, std::min(size, facts.size() - done));
    ASSERT_TRUE(repository().apply(batch).has_value());
  }
  for (const std::size_t page_size : {1U, 7U, 64U, 1000U}) {
    EXPECT_EQ(conformance::listed_versions(repository(), task, page_size),
              conformance::descending(500, 1));
  }
  ASSERT_TRUE(repository().prune_history(kMadeNow + Duration::seconds(300), 1).has_value());
  EXPECT_EQ(conformance::listed_versions(repository(), task, 9), conformance::descending(500, 300));
}

// What a restore from snapshots leaves: the task is known at a version whose facts still come.
TEST_P(TaskRepositoryConformance, takes_a_history_that_is_older_than_the_task_in_any_pieces) {
  const TaskFact last =
      from_wire<TaskFact>(conformance::named_task(1, 1, TaskVersion{200}, "a").payload).value();
  TaskSnapshot snapshot{.id = last.task, .definition = *last.definition, .row = *last.row};
  snapshot.row.version = TaskVersion{200};
  ASSERT_TRUE(repository().restore(std::span(&snapshot, 1)).has_value());
  std::uint64_t position = 0;
  const auto apply = [&](std::uint64_t first, std::uint64_t last_version, std::uint64_t step) {
    std::vector<FactRecord> facts;
    for (std::uint64_t version = first; version <= last_version; version += step) {
      facts.push_back(conformance::later_fact(++position, 1, TaskVersion{version}));
    }
    ASSERT_TRUE(repository().apply(facts).has_value());
  };
  apply(101, 190, 1);
  apply(1, 99, 2);     // Odd versions.
  apply(2, 50, 2);     // Between them.
  apply(40, 120, 1);   // Old and new ones, over the rows of both.
  apply(150, 210, 1);  // Up to some that the snapshot did not have.
  apply(30, 60, 1);    // Nothing that is not known.
  apply(52, 100, 2);
  EXPECT_EQ(conformance::listed_versions(repository(), last.task, 13),
            conformance::descending(210, 1));
}

TEST_P(TaskRepositoryConformance, never_takes_a_task_for_one_that_was_purged) {
  for (std::uint32_t i = 1; i <= 4; ++i) {
    FactRecord made =
        conformance::named_task(2 * i, i, TaskVersion{1}, "named" + std::to_string(i));
    ASSERT_TRUE(repository().apply(std::span(&made, 1)).has_value());
    if (i % 2 == 0) ASSERT_TRUE(conformance::work_off_backlog(repository()));
    EXPECT_EQ(conformance::found(repository(), "named"), 1U);
    EXPECT_EQ(conformance::found(repository(), "named" + std::to_string(i)), 1U);
    made.position = JournalPosition{2 * i + 1};
    made.type = FactType::task_purged;
    ASSERT_TRUE(repository().apply(std::span(&made, 1)).has_value());
    if (i > 2) place_->reopen();
    EXPECT_EQ(conformance::found(repository(), "named"), 0U);
  }
}

TEST_P(TaskRepositoryConformance, refuses_a_cursor_that_is_not_its_own) {
  FactMaker maker(7);
  ASSERT_TRUE(repository().apply(conformance::make_facts(maker, 100)).has_value());
  TaskQuery query{.filter = std::nullopt, .page = {.size = 1, .cursor = {}}};
  const auto page = repository().list_tasks(query);
  ASSERT_TRUE(page.has_value());
  ASSERT_FALSE(page->next_cursor.empty());
  query.page.cursor = page->next_cursor;
  query.order = TaskOrder::name_asc;
  for (const std::string& cursor : {page->next_cursor, std::string("x"), std::string("ff")}) {
    query.page.cursor = cursor;
    const auto refused = repository().list_tasks(query);
    ASSERT_FALSE(refused.has_value()) << cursor;
    EXPECT_EQ(refused.error().code, ErrorCode::bad_page_token);
  }
}

}  // namespace carillon
