// Figures of the views: facts applied per second, and lists and searches over 100,000 tasks.
//
// Yardstick: the same blobs inserted into bare SQLite tables with the same batches and settings, no
// index beside the primary key, nothing folded. Prints one JSON line per figure.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "adapters/embedded/sqlite/sqlite_task_repository.h"
#include "adapters/embedded/sqlite/temporary_folder.h"
#include "base/check.h"
#include "base/wire.h"

namespace carillon {
namespace {

using Stopwatch = std::chrono::steady_clock;

constexpr std::uint32_t kTasks = 100'000;
constexpr std::uint32_t kBatchTasks = 200;
constexpr std::uint32_t kInFlight = 600;  // Tasks between being made and being run, of long lives.
constexpr Instant kStart = Instant::from_unix_ms(1'767'225'600'000);

// Seconds of processor time of this process, for machines that do other things at the same time.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double seconds_since(Stopwatch::time_point start) {
  return std::chrono::duration<double>(Stopwatch::now() - start).count();
}

void print_figure(std::string_view name, double value, std::string_view unit) {
  fmt::print("{{\"figure\":\"{}\",\"value\":{:.2f},\"unit\":\"{}\"}}\n", name, value, unit);
}

TaskId task_id(std::uint32_t number) {
  std::array<std::uint8_t, 10> random{};
  std::uint64_t mixed = (number + 1) * 0x9e3779b97f4a7c15ULL;
  for (std::uint8_t& byte : random) {
    mixed ^= mixed >> 29;
    mixed *= 0xbf58476d1ce4e5b9ULL;
    byte = static_cast<std::uint8_t>(mixed >> 56);
  }
  return TaskId{make_uuid_v7(kStart + Duration::milliseconds(number / 10), random)};
}

// The facts of a one-shot task's life: three when it is made, two when it runs.
class LifeMaker {
 public:
  // Lives begin in one batch and end in another, or with 0 within one batch.
  explicit LifeMaker(std::uint32_t in_flight) : in_flight_(in_flight) {}

  std::vector<FactRecord> batch(std::uint32_t first) {
    std::vector<FactRecord> facts;
    for (std::uint32_t i = first; i < first + kBatchTasks; ++i) {
      if (i < kTasks) make(facts, i);
      if (i >= in_flight_ && i - in_flight_ < kTasks) run(facts, i - in_flight_);
    }
    return facts;
  }

 private:
  void make(std::vector<FactRecord>& facts, std::uint32_t i) {
    TaskFact created = fact(i, 1, TaskStatus::scheduled);
    TaskDefinition& definition = created.definition.emplace();
    definition.name = fmt::format("import of region {} part {}", i % 50, i);
    definition.type = i % 3 == 0 ? "http" : "noop";
    definition.tags = {i % 7 == 0 ? "etl" : "adhoc"};
    definition.created_by = i % 2 == 0 ? "ann" : "bob";
    definition.parameters = JsonText(fmt::format(R"({{"type":"noop","region":"r{}"}})", i % 50));
    put(facts, FactType::task_created, created);
    TaskFact decided = fact(i, 2, TaskStatus::scheduled);
    SlotRow& slot = decided.slot.emplace();
    slot.id = {.task = created.task, .series = 1, .nominal = moment(i)};
    slot.first = slot.due = slot.decided_at = moment(i);
    slot.last = slot.first;
    slot.run = RunId{.task = created.task, .number = 1};
    put(facts, FactType::slot_decided, decided);
    TaskFact begun = fact(i, 3, TaskStatus::scheduled);
    begun.run = run_row(i, RunStatus::queued);
    put(facts, FactType::run_created, begun);
  }

  void run(std::vector<FactRecord>& facts, std::uint32_t i) {
    TaskFact started = fact(i, 4, TaskStatus::running);
    started.run = run_row(i, RunStatus::running);
    put(facts, FactType::run_started, started);
    const bool failed = i % 100 == 0;
    TaskFact ended = fact(i, 5, failed ? TaskStatus::failed : TaskStatus::completed);
    ended.run = run_row(i, failed ? RunStatus::failed : RunStatus::completed);
    ended.outcome = Outcome{JsonText(R"({"ok":true})"), {}, {}};
    put(facts, FactType::run_completed, ended);
  }

  static Instant moment(std::uint32_t i) { return kStart + Duration::milliseconds(i); }

  static TaskFact fact(std::uint32_t i, std::uint64_t version, TaskStatus status) {
    TaskFact made;
    made.task = task_id(i);
    made.version = TaskVersion{version};
    made.row = TaskRow{
        .status = status,
        .version = made.version,
        .created_at = moment(i),
        .updated_at = moment(i) + Duration::milliseconds(static_cast<std::int64_t>(version))};
    if (status == TaskStatus::scheduled) made.row->next_execution = moment(i);
    return made;
  }

  static RunRow run_row(std::uint32_t i, RunStatus status) {
    RunRow row;
    row.id = {.task = task_id(i), .number = 1};
    row.status = status;
    row.created_at = moment(i);
    row.due = moment(i);
    row.started_at = moment(i) + Duration::milliseconds(i % 20);
    if (is_final(status)) row.ended_at = moment(i) + Duration::milliseconds(30);
    row.attempt = 1;
    row.worker = "local";
    return row;
  }

  void put(std::vector<FactRecord>& facts, FactType type, const TaskFact& fact) {
    FactRecord& record = facts.emplace_back();
    record.position = JournalPosition{++position_};
    record.at = kStart;
    record.type = type;
    record.entity = std::string(fact.task.value().raw());
    record.payload = to_wire(fact);
  }

  std::uint32_t in_flight_;
  std::uint64_t position_ = 0;
};

using Batches = std::vector<std::vector<FactRecord>>;

Batches make_batches(std::uint32_t in_flight) {
  LifeMaker maker(in_flight);
  Batches batches;
  for (std::uint32_t first = 0; first < kTasks + in_flight; first += kBatchTasks) {
    batches.push_back(maker.batch(first));
  }
  return batches;
}

// One row per fact with its payload, which is the least that keeps the same bytes.
double measure_yardstick(const Batches& batches, const std::string& path) {
  auto connection = SqliteConnection::open(path, SqliteConnection::Access::write).value();
  CARILLON_CHECK(connection
                     .execute("CREATE TABLE facts(position INTEGER PRIMARY KEY, task BLOB, "
                              "row BLOB)")
                     .has_value());
  auto insert =
      connection.prepare("INSERT INTO facts VALUES(?1, ?2, ?3)", SqliteConnection::Lifetime::kept)
          .value();
  std::size_t count = 0;
  const auto start = Stopwatch::now();
  for (const auto& batch : batches) {
    auto transaction = SqliteTransaction::begin(connection).value();
    for (const FactRecord& fact : batch) {
      insert.bind_all(fact.position.value(), BlobView{fact.entity}, BlobView{fact.payload});
      CARILLON_CHECK(insert.run().has_value());
    }
    CARILLON_CHECK(transaction.commit().has_value());
    count += batch.size();
  }
  return static_cast<double>(count) / seconds_since(start);
}

struct ApplyTimes {
  double facts_per_second = 0;
  double processor_us = 0;  // Per fact; of apply alone.
  double backlog_us = 0;    // Of what it put off and had to be done meanwhile.
};

// As the writer of the views does it when facts never stop coming.
ApplyTimes measure_apply(const Batches& batches, SqliteTaskRepository& repository) {
  std::size_t count = 0;
  double backlog = 0;
  const double processor_start = processor_seconds();
  const auto start = Stopwatch::now();
  for (const auto& batch : batches) {
    CARILLON_CHECK(repository.apply(batch).has_value());
    count += batch.size();
    const double backlog_start = processor_seconds();
    while (repository.backlog() == Backlog::large) {
      CARILLON_CHECK(repository.work_on_backlog().has_value());
    }
    backlog += processor_seconds() - backlog_start;
  }
  const double processor = processor_seconds() - processor_start - backlog;
  const auto facts = static_cast<double>(count);
  return {.facts_per_second = facts / seconds_since(start),
          .processor_us = processor * 1e6 / facts,
          .backlog_us = backlog * 1e6 / facts};
}

// Median of several runs of one list, in milliseconds.
double measure_list(const SqliteTaskRepository& repository, std::string_view filter,
                    TaskOrder order) {
  TaskQuery query{.filter = std::nullopt, .order = order, .page = {}};
  if (!filter.empty()) query.filter = parse_filter(filter, kStart).value();
  std::vector<double> times;
  for (int i = 0; i < 9; ++i) {
    const auto start = Stopwatch::now();
    const auto page = repository.list_tasks(query);
    times.push_back(seconds_since(start) * 1000);
    CARILLON_CHECK(page.has_value(), page ? "" : page.error().message);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

// With "waiting_" before their names: while as many tasks as may be are not in the search index.
void measure_reads(const SqliteTaskRepository& repository, std::string_view prefix) {
  struct Case {
    std::string_view name, filter;
    TaskOrder order = TaskOrder::created_desc;
  };
  const Case cases[] = {
      {"list_default", ""},
      {"list_updated", "", TaskOrder::updated_desc},
      {"list_by_name", "", TaskOrder::name_asc},
      {"list_failed", "status:failed"},
      {"list_two_statuses", "status:failed,running"},
      {"list_type", "type:http"},
      {"list_type_by_update", "type:http", TaskOrder::updated_desc},
      {"list_tag", "tag:etl"},
      {"list_parameter", "param.region:r7"},
      {"search_one_hit", "\"part 77777\""},
      {"search_2000_hits", "\"region 33\""},
      {"search_all_hits", "import"},
      {"search_no_hit", "zebra"},
      {"search_two_words", "\"region 33\" etl"},
      {"search_two_letters", "zz"},
      {"search_negated", "-import"},
  };
  for (const Case& one : cases) {
    print_figure(fmt::format("{}{}", prefix, one.name),
                 measure_list(repository, one.filter, one.order), "ms");
  }
  const auto timed = [&](std::string_view name, const auto& call) {
    const auto start = Stopwatch::now();
    CARILLON_CHECK(call().has_value());
    print_figure(fmt::format("{}{}", prefix, name), seconds_since(start) * 1000, "ms");
  };
  timed("count_tasks", [&] { return repository.count_tasks(); });
  timed("run_statistics", [&] { return repository.run_statistics(kStart, kInstantMax); });
  timed("list_failed_runs", [&] {
    return repository.list_runs(
        {.task = std::nullopt, .statuses = {RunStatus::failed}, .page = {}});
  });
}

// Lives that fit into one batch, which is what they do while nobody waits for the views.
void measure_short_lives(const std::string& path) {
  auto opened = SqliteTaskRepository::open(path);
  CARILLON_CHECK(opened.has_value(), "the view cannot be opened");
  const ApplyTimes times = measure_apply(make_batches(0), *opened->repository);
  print_figure("views_apply_short_lives_processor", times.processor_us, "us/fact");
}

int measure() {
  const TemporaryFolder folder;
  measure_short_lives(folder.path("short.db"));
  const Batches batches = make_batches(kInFlight);
  const double yardstick = measure_yardstick(batches, folder.path("yardstick.db"));
  auto opened = SqliteTaskRepository::open(folder.path("views.db"));
  CARILLON_CHECK(opened.has_value(), "the view cannot be opened");
  const ApplyTimes times = measure_apply(batches, *opened->repository);
  print_figure("yardstick_plain_insert", yardstick, "rows/s");
  print_figure("views_apply", times.facts_per_second, "facts/s");
  print_figure("views_apply_processor", times.processor_us, "us/fact");
  print_figure("views_backlog_processor", times.backlog_us, "us/fact");
  print_figure("views_apply_ratio", times.facts_per_second / yardstick, "of yardstick");
  measure_reads(*opened->repository, "waiting_");
  while (opened->repository->backlog() != Backlog::none) {
    CARILLON_CHECK(opened->repository->work_on_backlog().has_value());
  }
  print_figure("views_bytes_per_task",
               static_cast<double>(std::filesystem::file_size(folder.path("views.db"))) / kTasks,
               "bytes");
  measure_reads(*opened->repository, "");
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace carillon

int main() { return carillon::measure(); }
