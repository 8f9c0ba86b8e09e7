// ApiGatewayService: the specification's name for the way into the platform. Validates, submits
// commands to the engine's journal, correlates answers, applies back-pressure. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ports/clock.h"
#include "ports/entropy.h"
#include "ports/work_queue.h"
#include "runtime/engine/intake.h"
#include "runtime/gateway.h"
#include "runtime/metrics/metrics.h"
#include "runtime/service/event_service.h"
#include "runtime/service/task_service.h"
#include "runtime/views/view_progress.h"

namespace carillon {

class ApiGatewayService final : public Gateway {
 public:
  struct Parts {
    Intake& intake;
    EngineStore& store;
    const TaskService& tasks;
    const TaskTypes& types;
    const ZoneSource& zones;
    TaskRepository& repository;
    ViewProgress& views;
    LogStore& logs;
    FlinkEventService& events;
    Metrics& metrics;
    const Clock& clock;
    Entropy& entropy;
    std::function<Result<void>(std::string_view folder)> backup;
    // Where answers are read and given that name no place; must end before the gateway does.
    WorkQueue& replies;
    std::function<std::vector<HealthCheck>()> health;
  };

  explicit ApiGatewayService(Parts parts);

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
  const ZoneSource& zones() const override { return parts_.zones; }
  std::vector<TypeDescription> task_types() const override;
  Instant now() const override { return parts_.clock.wall(); }
  Result<void> backup(std::string_view folder) override { return parts_.backup(folder); }
  std::vector<HealthCheck> health() const override { return parts_.health(); }
  std::string metrics() const override { return parts_.metrics.render(); }

 private:
  // A command on its way: what is needed to turn the engine's answer into the caller's.
  struct Pending {
    CommandId id;
    TaskId task;
    Reply reply;
    std::vector<DefinitionWarning> warnings;
    std::optional<TaskDefinition> created;  // What a create has asked for.
    WorkQueue* answer_on = nullptr;
  };
  struct Addressed {
    EngineInput input;
    std::unique_ptr<Pending> pending;
  };
  struct Update;

  CommandHeader header(const Caller& caller) const;
  template <class Command>
  Addressed address(TaskId task, RecordType type, Command& command, const Caller& caller);
  Addressed address_create(CreateRequest& request);
  void submit(Addressed addressed);
  void answer(std::unique_ptr<Pending> pending, Result<Answered> answered);
  Result<std::unique_ptr<const TaskSnapshot>> task_of(Pending& pending, TaskAnswer& answer) const;
  CommandOutcome outcome_of(Pending& pending, Result<Answered> answered) const;
  void try_update(std::shared_ptr<Update> update);
  void wait_for_views() const;

  Parts parts_;
};

}  // namespace carillon
