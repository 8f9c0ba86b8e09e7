// FakeGateway: for tests only. A gateway in memory that keeps what it is told and does nothing
// else.
//
// Thread-safe as far as the Api needs it: commands and reads under one mutex.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/zone/zone_source.h"
#include "runtime/gateway.h"

namespace carillon::api::testing {

inline constexpr const char* kTaskText = "019a1b2c-0000-7000-8000-000000000001";
inline constexpr const char* kOtherTaskText = "019a1b2c-0000-7000-8000-00000000ffff";

TaskId task_id(const std::string& text = kTaskText);
TaskFact task_fact(std::uint64_t version);

// UTC, and Berlin in 2026 with its two changes of clocks.
class FakeZones final : public ZoneSource {
 public:
  FakeZones();
  const ZoneRules* find(std::string_view name, std::string_view fingerprint) const override;
  std::string_view fingerprint(std::string_view name) const override;
  std::span<const std::string_view> names() const override;

 private:
  std::unique_ptr<ZoneRules> berlin_;
};

class FakeGateway : public Gateway {
 public:
  // One task named hello, with one run and one slot.
  FakeGateway();

  void create(CreateRequest request, Reply reply) override;
  void create_many(std::vector<CreateRequest> requests, BatchReply reply) override;
  void command(TaskId task, TaskCommand command, Caller caller, Reply reply) override;
  void update(TaskId task, DefinitionChange change, Caller caller, Reply reply) override;
  ValidatedDefinition check(TaskDefinition& definition) const override;
  std::vector<Error> check(CreateRequest& request) const override;
  Result<std::optional<TaskSnapshot>> find_task(const TaskId& task) const override;
  Result<Page<TaskSnapshot>> list_tasks(const TaskQuery& query) const override;
  Result<Page<RunListItem>> list_runs(const RunQuery& query) const override;
  Result<std::optional<RunListItem>> find_run(const RunId& run) const override;
  Result<Page<SlotRow>> list_slots(const TaskId& task, const PageRequest& page) const override;
  Result<Page<FactRecord>> list_task_facts(const TaskId& task,
                                           const PageRequest& page) const override;
  Result<std::vector<LogLine>> read_log(const AttemptId& attempt, std::uint64_t after,
                                        std::size_t limit) const override;
  Result<std::vector<FactRecord>> facts_after(Topic topic, JournalPosition after,
                                              std::size_t limit) const override;
  Result<std::vector<JournalRecord>> records_after(Topic topic, JournalPosition after,
                                                   std::size_t limit) const override;
  std::shared_ptr<void> listen(FactListener listener) override;
  JournalPosition last_position() const override;
  const ZoneSource& zones() const override { return zones_; }
  std::vector<TypeDescription> task_types() const override;
  Instant now() const override { return Instant::from_unix_ms(1'767'225'600'000); }  // 2026
  Result<void> backup(std::string_view folder) override;
  std::vector<HealthCheck> health() const override { return checks; }
  std::string metrics() const override { return "carillon_up 1\n"; }

  // A fact becomes durable: it is in the history, and listeners are told.
  void emit(const TaskFact& fact, FactType type = FactType::task_updated,
            Topic topic = Topic::task_events);

  // What the tests set and look at.
  std::optional<Problem> next_problem;      // Of the next command.
  std::optional<TaskAnswer> next_answer;    // Of the next command.
  std::optional<Error> read_error;          // Of every read.
  std::vector<DefinitionWarning> warnings;  // Of every command.
  std::optional<CreateRequest> created;
  std::optional<TaskCommand> commanded;
  std::optional<Caller> caller;
  mutable std::optional<TaskQuery> listed;
  mutable std::optional<RunQuery> runs_listed;
  std::vector<HealthCheck> checks{{.name = "store", .ok = true, .detail = "open"}};
  std::string next_cursor;  // Of every page.
  std::string backup_folder;
  mutable std::function<void()> on_history_read;  // Called once, inside the next facts_after.
  std::map<TaskId, TaskSnapshot> tasks;
  std::vector<RunListItem> runs;
  std::map<AttemptId, std::vector<LogLine>> logs;

 private:
  CommandOutcome outcome_of(const TaskSnapshot& task);

  mutable std::recursive_mutex mutex_;
  FakeZones zones_;
  std::vector<FactRecord> facts_;
  std::list<FactListener> listeners_;
  std::uint64_t position_ = 0;
};

}  // namespace carillon::api::testing
