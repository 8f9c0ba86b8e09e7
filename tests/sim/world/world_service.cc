#include "tests/sim/world/world_service.h"

#include <array>
#include <tuple>
#include <utility>

namespace carillon {
namespace {

std::unexpected<Error> not_simulated() {
  return fail(ErrorCode::unavailable, "A simulated world has no lists.");
}

class NoViews final : public TaskRepository, public EffectSink, public ViewProgress {
 public:
  void release(std::span<const FactRecord> /*facts*/) override {}
  Result<void> wait_for(JournalPosition /*position*/,
                        std::chrono::milliseconds /*timeout*/) override {
    return {};
  }
  Result<void> apply(std::span<const FactRecord> /*facts*/) override { return not_simulated(); }
  Result<void> restore(std::span<const TaskSnapshot> /*tasks*/) override { return not_simulated(); }
  [[nodiscard]] JournalPosition applied() const override { return {}; }
  [[nodiscard]] Backlog backlog() const override { return Backlog::none; }
  Result<void> work_on_backlog() override { return not_simulated(); }
  void on_progress(std::function<void()>) override {}
  Result<void> rebuild() override { return not_simulated(); }
  Result<Page<TaskSnapshot>> list_tasks(const TaskQuery& /*query*/) const override {
    return not_simulated();
  }
  Result<Page<RunListItem>> list_runs(const RunQuery& /*query*/) const override {
    return not_simulated();
  }
  Result<std::optional<RunListItem>> find_run(const RunId& /*run*/) const override {
    return not_simulated();
  }
  Result<Page<TaskEventRef>> list_task_events(const TaskId& /*task*/,
                                              const PageRequest& /*page*/) const override {
    return not_simulated();
  }
  Result<Page<SlotRow>> list_slots(const TaskId& /*task*/,
                                   const PageRequest& /*page*/) const override {
    return not_simulated();
  }
  Result<TaskCounts> count_tasks() const override { return not_simulated(); }
  Result<std::uint64_t> prune_history(Instant /*before*/, std::uint32_t /*keep*/) override {
    return not_simulated();
  }
};

class NoLogs final : public LogStore {
 public:
  void append(const AttemptId& /*attempt*/, Instant /*at*/, LogStream /*stream*/,
              std::string /*text*/) override {}
  Result<std::vector<LogLine>> read(const AttemptId& /*attempt*/, std::uint64_t /*sequence*/,
                                    std::size_t /*limit*/) const override {
    return not_simulated();
  }
  Result<std::uint64_t> dropped(const AttemptId& /*attempt*/) const override {
    return not_simulated();
  }
  std::shared_ptr<void> follow(const AttemptId& /*attempt*/,
                               std::function<void()> /*on_more*/) override {
    return nullptr;
  }
  Result<std::uint64_t> forget_before(Instant /*before*/) override { return not_simulated(); }
};

class WorldTypes final : public TaskTypes {
 public:
  [[nodiscard]] const TaskTypeDescription* find(std::string_view name) const override {
    for (const TaskTypeDescription& type : types_) {
      if (type.name == name) return &type;
    }
    return nullptr;
  }
  [[nodiscard]] std::vector<TaskTypeDescription> list() const override {
    return {types_.begin(), types_.end()};
  }
  [[nodiscard]] std::vector<Error> check_parameters(std::string_view /*name*/,
                                                    const JsonText& /*parameters*/) const override {
    return {};
  }

 private:
  static TaskTypeDescription type(std::string name, Lane lane) {
    return {.name = std::move(name),
            .summary = "Of a simulated world.",
            .lane = lane,
            .schema_json = "{}",
            .example_json = "{}"};
  }
  std::array<TaskTypeDescription, 5> types_{
      type("work", Lane::cpu), type("wait", Lane::blocking), type("quick", Lane::instant),
      type("workflow", Lane::workflow), type("outside", Lane::worker)};
};

}  // namespace

bool SimWorkQueue::do_one() {
  if (work_.empty()) return false;
  Work work = std::move(work_.front());
  work_.pop_front();
  work();
  return true;
}

struct WorldService::Rooms {
  explicit Rooms(const Parts& parts)
      : reports(parts.process.intake),
        retention({.store = parts.process.store,
                   .intake = parts.process.intake,
                   .clock = parts.clock,
                   .limits = parts.retention}),
        tasks({.store = parts.process.store,
               .types = types,
               .zones = parts.zones,
               .clock = parts.clock}),
        events(
            {.executor = parts.executor, .views = views, .notifiers = {}, .notifying = notifying}),
        gateway({.intake = parts.process.intake,
                 .store = parts.process.store,
                 .tasks = tasks,
                 .types = types,
                 .zones = parts.zones,
                 .repository = views,
                 .views = views,
                 .logs = logs,
                 .events = events,
                 .metrics = metrics,
                 .clock = parts.clock,
                 .entropy = parts.entropy,
                 .backup = [](std::string_view) -> Result<void> { return not_simulated(); },
                 .replies = replies,
                 .health = [] { return std::vector<HealthCheck>{}; }}) {}

  NoViews views;
  NoLogs logs;
  WorldTypes types;
  Metrics metrics;
  SimWorkQueue replies;
  SimWorkQueue notifying;
  AttemptIntake reports;
  RetentionPass retention;
  TaskService tasks;
  FlinkEventService events;
  ApiGatewayService gateway;
};

WorldService::WorldService(Parts parts) : rooms_(std::make_unique<Rooms>(parts)) {}
WorldService::~WorldService() = default;

Gateway& WorldService::gateway() { return rooms_->gateway; }
AttemptReports& WorldService::reports() { return rooms_->reports; }
EffectSink& WorldService::sink() { return rooms_->events; }

bool WorldService::retain() {
  std::ignore = rooms_->retention.forget_records();
  return retain_more();
}

bool WorldService::retain_more() {
  const auto done = rooms_->retention.retire_tasks();
  return done && done->more;
}

bool WorldService::act() { return rooms_->replies.do_one() || rooms_->notifying.do_one(); }

}  // namespace carillon
