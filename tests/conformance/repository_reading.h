// Making facts for a repository, reading everything it has, and comparing that with the model.
// Tools of the conformance suite.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/wire.h"
#include "conformance/fact_maker.h"
#include "conformance/view_model.h"
#include "domain/words.h"
#include "ports/task_repository.h"

namespace carillon::conformance {

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

// A fact that only says that the task went on.
inline FactRecord later_fact(std::uint64_t position, std::uint32_t number, TaskVersion version) {
  FactRecord fact = named_task(position, number, version, "");
  fact.type = FactType::task_updated;
  fact.at = kMadeNow + Duration::seconds(static_cast<std::int64_t>(version.value()));
  const TaskId task = from_wire<TaskFact>(fact.payload).value().task;
  fact.payload = to_wire(TaskFact{.task = task, .version = version});
  return fact;
}

// The versions of a task's history in the order listed, and whether every page was as it should be.
inline std::vector<std::uint64_t> listed_versions(const TaskRepository& repository,
                                                  const TaskId& task, std::size_t page_size) {
  const auto events = all_pages<TaskEventRef>(
      page_size, [&](const PageRequest& page) { return repository.list_task_events(task, page); });
  std::vector<std::uint64_t> versions;
  if (!events) return versions;
  for (const TaskEventRef& event : *events) versions.push_back(event.version.value());
  return versions;
}

inline std::vector<std::uint64_t> descending(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t number = from; number >= to; --number) numbers.push_back(number);
  return numbers;
}

}  // namespace carillon::conformance
