// What every TaskRepository must do, as tests. An adapter includes this once and says
// INSTANTIATE_TEST_SUITE_P(Sqlite, TaskRepositoryConformance, testing::Values(make_it)).
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "conformance/fact_maker.h"
#include "conformance/view_model.h"
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

namespace conformance {

// All pages of a list, one after the other. A page that is too long, or short with another behind
// it, is an error.
template <class Item>
Result<std::vector<Item>> all_pages(
    std::size_t size, const std::function<Result<Page<Item>>(const PageRequest&)>& list) {
  std::vector<Item> items;
  PageRequest request{.size = size, .cursor = {}};
  do {
    auto page = list(request);
    if (!page) return std::unexpected(page.error());
    const bool is_whole = page->items.size() == size;
    if (page->items.size() > size || (!is_whole && !page->next_cursor.empty())) {
      return fail(ErrorCode::internal, "a page has the wrong size");
    }
    std::move(page->items.begin(), page->items.end(), std::back_inserter(items));
    request.cursor = page->next_cursor;
  } while (!request.cursor.empty());
  return items;
}

// Each comparison says in words what differs; empty when nothing does.
template <class Item>
std::string difference(const std::string& what, const Result<std::vector<Item>>& listed,
                       const std::vector<Item>& expected) {
  if (!listed) return what + ": " + listed.error().message;
  if (*listed == expected) return {};
  std::size_t at = 0;
  while (at < listed->size() && at < expected.size() && (*listed)[at] == expected[at]) ++at;
  return what + ": " + std::to_string(listed->size()) + " listed, " +
         std::to_string(expected.size()) + " expected, first difference at " + std::to_string(at);
}

// A list as a user asks for it, page by page.
struct AskedList {
  std::string filter_text;
  TaskOrder order = TaskOrder::created_desc;
  std::size_t page_size = 1;
};

inline std::string compare_tasks(const TaskRepository& repository, const ViewModel& model,
                                 const AskedList& asked) {
  const auto& [filter_text, order, size] = asked;
  auto filter = parse_filter(filter_text, kMadeNow);
  if (!filter) return "filter '" + filter_text + "': " + filter.error().message;
  TaskQuery query{.filter = std::move(*filter), .order = order, .page = {}};
  const auto listed = all_pages<TaskSnapshot>(size, [&](const PageRequest& page) {
    query.page = page;
    return repository.list_tasks(query);
  });
  return difference(
      "tasks by '" + filter_text + "' in order " + std::to_string(static_cast<int>(order)), listed,
      model.list_tasks(query));
}

inline std::string compare_runs(const TaskRepository& repository, const ViewModel& model,
                                RunQuery query, std::size_t size) {
  const auto listed = all_pages<RunListItem>(size, [&](const PageRequest& page) {
    query.page = page;
    return repository.list_runs(query);
  });
  const auto expected = model.list_runs(query);
  for (const RunListItem& item : expected) {
    const auto found = repository.find_run(item.run.id);
    const bool is_found = found && *found && **found == item;
    if (!is_found) return "run " + to_text(item.run.id) + " is not found by its id";
  }
  return difference("runs", listed, expected);
}

inline std::string compare_history(const TaskRepository& repository, const ViewModel& model,
                                   const TaskId& task, std::size_t size) {
  const auto slots = all_pages<SlotRow>(
      size, [&](const PageRequest& page) { return repository.list_slots(task, page); });
  const auto events = all_pages<TaskEventRef>(
      size, [&](const PageRequest& page) { return repository.list_task_events(task, page); });
  return difference("slots", slots, model.list_slots(task)) +
         difference("events", events, model.list_events(task));
}

inline std::string compare_counts(const TaskRepository& repository, const ViewModel& model) {
  const auto counts = repository.count_tasks();
  if (!counts) return "counts: " + counts.error().message;
  return counts->by_status == model.count_tasks() ? std::string() : "counts differ";
}

// Everything a reader can see, with some random filters.
inline std::string compare_all(const TaskRepository& repository, const ViewModel& model,
                               FactMaker& maker) {
  std::string found;
  for (int order = 0; order < 5; ++order) {
    found += compare_tasks(repository, model,
                           {.filter_text = "",
                            .order = static_cast<TaskOrder>(order),
                            .page_size = 1 + maker.below(7)});
  }
  for (int i = 0; i < 12; ++i) {
    found += compare_tasks(repository, model,
                           {.filter_text = maker.filter_text(),
                            .order = static_cast<TaskOrder>(maker.below(5)),
                            .page_size = 1 + maker.below(9)});
  }
  using Statuses = std::vector<RunStatus>;
  for (const Statuses& statuses :
       {Statuses{}, Statuses{RunStatus::failed},
        Statuses{RunStatus::failed, RunStatus::queued, RunStatus::failed}}) {
    RunQuery query{.task = std::nullopt, .statuses = statuses, .page = {}};
    found += compare_runs(repository, model, query, 1 + maker.below(9));
    for (const TaskId& task : maker.tasks()) {
      query.task = task;
      found += compare_runs(repository, model, query, 1 + maker.below(3));
    }
  }
  for (const TaskId& task : maker.tasks()) {
    found += compare_history(repository, model, task, 1 + maker.below(4));
  }
  return found + compare_counts(repository, model);
}

inline std::vector<FactRecord> make_facts(FactMaker& maker, std::size_t count) {
  std::vector<FactRecord> facts;
  for (std::size_t i = 0; i < count; ++i) facts.push_back(maker.next());
  return facts;
}

// In batches of random sizes, some of them sent a second time with what came before, and sometimes
// with the backlog worked on between them. Whether every one was taken.
[[nodiscard]] inline bool apply_in_batches(TaskRepository& repository, FactMaker& maker,
                                           const std::vector<FactRecord>& facts) {
  std::size_t done = 0;
  while (done < facts.size()) {
    const std::size_t from = maker.below(3) == 0 ? done - maker.below(done + 1) : done;
    const std::size_t to = std::min(facts.size(), done + 1 + maker.below(40));
    const std::span<const FactRecord> batch(facts.data() + from, to - from);
    if (!repository.apply(batch) || repository.applied() != facts[to - 1].position) return false;
    if (maker.below(4) == 0 && !repository.work_on_backlog()) return false;
    done = to;
  }
  return true;
}

// How many tasks have the word.
inline std::size_t found(const TaskRepository& repository, const std::string& word) {
  const TaskQuery query{.filter = parse_filter(word, kMadeNow).value(),
                        .page = {.size = 1000, .cursor = {}}};
  const auto page = repository.list_tasks(query);
  return page ? page->items.size() : std::string::npos;
}

// All of it; false when it fails.
[[nodiscard]] inline bool work_off_backlog(TaskRepository& repository) {
  while (repository.backlog() != Backlog::none) {
    if (!repository.work_on_backlog()) return false;
  }
  return true;
}

// A fact of a task with little in it. Its id begins with the number, big-endian.
inline FactRecord named_task(std::uint64_t position, std::uint32_t number, TaskVersion version,
                             std::string name) {
  Uuid raw;
  for (std::size_t i = 0; i < 4; ++i) {
    raw.bytes[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  }
  TaskFact fact{.task = TaskId{raw}, .version = version};
  fact.definition = TaskDefinition{.name = std::move(name)};
  fact.row = TaskRow{.created_at = kMadeNow + Duration::milliseconds(number)};
  return FactRecord{.position = JournalPosition{position}, .payload = to_wire(fact)};
}

}  // namespace conformance

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
    for (const std::uint32_t number : {1U, 4096U, 4097U, 8000U, kTasks}) {
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
