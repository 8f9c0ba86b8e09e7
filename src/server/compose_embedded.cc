#include <filesystem>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/embedded/rocksdb/rocksdb_engine_store.h"
#include "adapters/embedded/sqlite/sqlite_log_store.h"
#include "adapters/embedded/sqlite/sqlite_task_repository.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_entropy.h"
#include "adapters/system/thread_priority.h"
#include "adapters/zoneinfo/system_zones.h"
#include "core/operators.h"
#include "executors/files/sandboxed_files.h"
#include "executors/net/webhook_signature.h"
#include "executors/registry.h"
#include "executors/task_execution_service.h"
#include "runtime/engine/attempt_intake.h"
#include "runtime/engine/engine_thread.h"
#include "runtime/service/api_gateway_service.h"
#include "runtime/service/event_service.h"
#include "runtime/service/task_service.h"
#include "runtime/service/work_thread.h"
#include "runtime/views/view_writer.h"
#include "server/backup_folder.h"
#include "server/embedded_server.h"
#include "server/engine_watch.h"
#include "server/fact_metrics.h"
#include "server/history.h"
#include "server/local_executor.h"
#include "server/metric_readers.h"
#include "server/notifiers.h"
#include "server/retention.h"
#include "server/snapshots.h"
#include "server/type_catalog.h"

namespace carillon::server {
namespace {

ExecutorOptions executor_options(const ServerConfig& config, const DataDirectory& directory) {
  const ExecutorsConfig& e = config.executors;
  return {.lanes = {.cpu_threads = static_cast<std::uint32_t>(e.cpu_threads),
                    .blocking_threads = static_cast<std::uint32_t>(e.blocking_threads),
                    .http_transfers = static_cast<std::uint32_t>(e.http_transfers)},
          .files = {.data_root = e.data_root.empty() ? directory.files() : e.data_root,
                    .roots = e.roots},
          .network = {.allow = e.http.allow,
                      .timeout_max = e.http.timeout,
                      .answer_bytes = e.http.answer_bytes},
          .command = {.availability = e.command.enabled ? Availability::on : Availability::off,
                      .path = e.command.path,
                      .cpu_seconds = e.command.cpu_seconds,
                      .memory_bytes = e.command.memory_bytes,
                      .file_bytes = e.command.file_bytes,
                      .open_files = e.command.open_files,
                      .processes = e.command.processes},
          .smtp = {.url = e.smtp.url,
                   .from = e.smtp.from,
                   .user = e.smtp.user,
                   .password = e.smtp.password.reveal()},
          .database = {}};
}

}  // namespace

// In the order of construction; destroyed in the opposite one.
struct EmbeddedServer::Parts {
  ServerConfig config;
  DataDirectory directory;
  Log& log;
  SystemClock clock;
  SystemEntropy entropy;
  Metrics metrics;
  FactMetrics fact_metrics{metrics};
  WorkThread metering{"metrics", WorkPace::gathered};
  std::unique_ptr<RocksdbEngineStore> store;
  std::unique_ptr<SystemZones> zones;
  std::unique_ptr<SqliteTaskRepository> repository;
  std::unique_ptr<SqliteLogStore> logs;
  std::unique_ptr<ViewWriter> views;
  ExecutorOptions options;
  std::unique_ptr<TransferEngine> transfers;
  std::unique_ptr<SandboxedFiles> files;
  std::unique_ptr<History> history;
  std::unique_ptr<TypeRegistry> registry;
  std::unique_ptr<TypeCatalog> types;
  LocalExecutor executor;
  std::vector<std::unique_ptr<Notifier>> notifiers;
  std::unique_ptr<FlinkEventService> events;
  WorkThread notifying{"notifiers"};
  std::unique_ptr<EngineThread> engine;
  std::unique_ptr<AttemptIntake> reports;
  std::unique_ptr<TaskExecutionService> execution;
  std::unique_ptr<TaskService> tasks;
  std::unique_ptr<ApiGatewayService> gateway;
  WorkThread replies{"replies"};
  std::shared_ptr<void> fact_metrics_listener;
  std::unique_ptr<Retention> retention;
  std::unique_ptr<EngineWatch> watch;
  bool running = false;

  Parts(const ServerConfig& with, DataDirectory in, Log& to)
      : config(with), directory(std::move(in)), log(to) {}

  Result<void> open_store();
  Result<void> open_views();
  Result<void> open_executors();
  Result<void> open_engine();
  void open_gateway();
  [[nodiscard]] Result<std::vector<QueueName>> known_queues() const;
  Result<void> backup(std::string_view folder);
  [[nodiscard]] std::vector<HealthCheck> health() const;
};

Result<void> EmbeddedServer::Parts::open_store() {
  auto opened = RocksdbEngineStore::open(directory.store(),
                                         {.free_bytes_min = config.limits.min_free_disk_bytes,
                                          .block_cache_bytes = config.storage.cache_bytes,
                                          .write_buffer_bytes = config.storage.write_buffer_bytes});
  if (!opened) return fail(with_way_back(std::move(opened.error()), directory));
  store = std::move(*opened);
  if (const auto repair = store->repair()) log.warn("store", {{"detail", *repair}});
  zones = std::make_unique<SystemZones>(
      "/usr/share/zoneinfo",
      SystemZones::Memory{
          .load = [this](std::string_view name) { return store->get_blob(name); },
          .save = [this](std::string_view name, std::string_view bytes) -> Result<void> {
            auto kept = store->get_blob(name);
            if (kept && *kept) return {};
            return store->put_blob(name, bytes);
          }});
  return {};
}

Result<void> EmbeddedServer::Parts::open_views() {
  auto views_file = SqliteTaskRepository::open(directory.views());
  if (!views_file) return fail(std::move(views_file.error()));
  if (!views_file->warning.empty()) log.warn("views", {{"detail", views_file->warning}});
  repository = std::move(views_file->repository);
  auto logs_file = SqliteLogStore::open(directory.logs());
  if (!logs_file) return fail(std::move(logs_file.error()));
  if (!logs_file->warning.empty()) log.warn("logs", {{"detail", logs_file->warning}});
  logs = std::move(logs_file->store);
  views = std::make_unique<ViewWriter>(
      *store, *repository,
      ViewWriterOptions{
          .snapshots = snapshots_of(*store),
          .on_error = [this](const Error& error) { log.warn("views", {{"error", error.message}}); },
          .on_thread = let_others_go_first,
          .let_others_run = let_others_run_now});
  return {};
}

Result<void> EmbeddedServer::Parts::open_executors() {
  options = executor_options(config, directory);
  auto guard = AddressGuard::allowing(options.network.allow);
  if (!guard) return fail(std::move(guard.error()));
  transfers = std::make_unique<TransferEngine>(std::move(*guard));
  auto roots = SandboxedFiles::open(options.files);
  if (!roots) return fail(std::move(roots.error()));
  files = std::make_unique<SandboxedFiles>(std::move(*roots));
  history = std::make_unique<History>(
      *repository, *logs,
      HistoryLimits{.runs = config.retention.runs,
                    .runs_per_task = static_cast<std::uint32_t>(config.retention.runs_per_task),
                    .logs = config.retention.logs});
  registry = std::make_unique<TypeRegistry>(
      TypeRegistry::built_in({options, *files, *transfers, *history, *history}));
  types = std::make_unique<TypeCatalog>(*registry);
  if (config.notifications.log) notifiers.push_back(std::make_unique<LogNotifier>(log));
  if (!config.notifications.webhook_url.empty()) {
    WebhookNotifier::Target target{.url = config.notifications.webhook_url};
    if (!config.notifications.webhook_secret.empty()) {
      auto key = webhook_key(config.notifications.webhook_secret.reveal());
      if (!key) return fail(std::move(key.error()));
      target.key = std::move(*key);
    }
    notifiers.push_back(std::make_unique<WebhookNotifier>(*transfers, clock, std::move(target)));
  }
  return {};
}

Result<void> EmbeddedServer::Parts::open_engine() {
  std::vector<Notifier*> told;
  for (const auto& notifier : notifiers) told.push_back(notifier.get());
  events = std::make_unique<FlinkEventService>(FlinkEventService::Parts{
      .executor = executor, .views = *views, .notifiers = told, .notifying = notifying});
  Histogram& commits = metrics.histogram("carillon_journal_commit_seconds",
                                         "One durable commit, its sync included.");
  Counter& records = metrics.counter("carillon_journal_records_total", "Records committed.");
  Histogram& batches = metrics.histogram("carillon_journal_batch_records", "Records of one commit.",
                                         {}, kCountBounds);
  auto opened =
      EngineThread::open({.store = *store,
                          .sink = *events,
                          .clock = clock,
                          .operators = make_operators(make_operator),
                          .zones = zones.get(),
                          .engine = {.state_cache_bytes = config.storage.cache_bytes},
                          .intake = {.client_records = config.limits.intake_records,
                                     .client_bytes = config.limits.intake_bytes},
                          .on_commit = [&commits, &records, &batches](CommitSample sample) {
                            commits.observe(static_cast<double>(sample.commit_ns) / 1e9);
                            batches.observe(static_cast<double>(sample.records));
                            records.add(sample.records);
                          }});
  if (!opened) return fail(std::move(opened.error()));
  engine = std::move(*opened);
  reports = std::make_unique<AttemptIntake>(engine->intake());
  execution = std::make_unique<TaskExecutionService>(ExecutionPorts{.types = *registry,
                                                                    .transfers = *transfers,
                                                                    .reports = *reports,
                                                                    .logs = *logs,
                                                                    .clock = clock},
                                                     options.lanes);
  executor.connect(
      {.service = execution.get(), .reports = reports.get(), .epoch = engine->opened().mark.epoch});
  return {};
}

Result<std::vector<QueueName>> EmbeddedServer::Parts::known_queues() const {
  auto used = store->keys_of(OperatorName::queue_dispatcher);
  if (!used) return fail(std::move(used.error()));
  std::set<Key> names(used->begin(), used->end());
  names.insert("default");
  std::vector<QueueName> queues;
  for (const Key& name : names) queues.emplace_back(name);
  return queues;
}

Result<void> EmbeddedServer::Parts::backup(std::string_view folder) {
  return make_backup(directory, std::filesystem::path(folder),
                     [this](const auto& to) { return store->checkpoint(to); });
}

std::vector<HealthCheck> EmbeddedServer::Parts::health() const {
  const std::optional<Error> stalled = engine->stalled_by();
  const std::optional<Error> trouble = views->trouble();
  return {
      {.name = "engine",
       .ok = !stalled && engine->gauges().state == EngineState::running,
       .detail = stalled ? stalled->message : std::string{}},
      {.name = "views",
       .ok = !trouble.has_value(),
       .detail = trouble ? trouble->message : fmt::format("{} ms behind", views->lag().age.ms())}};
}

void EmbeddedServer::Parts::open_gateway() {
  tasks = std::make_unique<TaskService>(
      TaskService::Parts{.store = *store, .types = *types, .zones = *zones, .clock = clock});
  gateway = std::make_unique<ApiGatewayService>(
      ApiGatewayService::Parts{.intake = engine->intake(),
                               .store = *store,
                               .tasks = *tasks,
                               .types = *types,
                               .zones = *zones,
                               .repository = *repository,
                               .views = *views,
                               .logs = *logs,
                               .events = *events,
                               .metrics = metrics,
                               .clock = clock,
                               .entropy = entropy,
                               .backup = [this](std::string_view folder) { return backup(folder); },
                               .replies = replies,
                               .health = [this] { return health(); }});
  add_metric_readers(metrics, {.engine = *engine,
                               .views = *views,
                               .repository = *repository,
                               .execution = *execution,
                               .events = *events,
                               .store = *store,
                               .executor = executor});
  fact_metrics_listener = events->listen([this](const FactRecord& fact) {
    if (FactMetrics::wants(fact)) metering.post([this, fact] { fact_metrics.observe(fact); });
    return true;
  });
}

EmbeddedServer::EmbeddedServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

EmbeddedServer::~EmbeddedServer() {
  if (parts_ && parts_->running) std::ignore = stop(Duration{});
}

Result<std::unique_ptr<EmbeddedServer>> EmbeddedServer::open(const ServerConfig& config,
                                                             const DataDirectory& directory,
                                                             Log& log) {
  auto parts = std::make_unique<Parts>(config, directory, log);
  for (const auto step :
       {&Parts::open_store, &Parts::open_views, &Parts::open_executors, &Parts::open_engine}) {
    if (auto opened = ((*parts).*step)(); !opened) return fail(std::move(opened.error()));
  }
  parts->open_gateway();
  return std::unique_ptr<EmbeddedServer>(new EmbeddedServer(std::move(parts)));
}

void EmbeddedServer::start() {
  // Before the engine works: its first step takes the offers ahead of what is due. An offer that
  // cannot be made now would leave its queue without an executor, so it must be known.
  if (auto queues = parts_->known_queues()) {
    parts_->executor.offer(*queues);
  } else {
    parts_->log.error("queues", {{"error", queues.error().message}});
    parts_->executor.offer({QueueName{"default"}});
  }
  parts_->views->start();
  parts_->engine->start();
  parts_->running = true;
  parts_->watch =
      std::make_unique<EngineWatch>([this] { return parts_->engine->stalled_by(); }, parts_->log);
  parts_->retention = std::make_unique<Retention>(Retention::Parts{
      .store = *parts_->store,
      .intake = parts_->engine->intake(),
      .history = *parts_->history,
      .clock = parts_->clock,
      .log = parts_->log,
      .limits = {
          .records = std::max(parts_->config.retention.events, parts_->config.retention.journal),
          .finished_tasks = parts_->config.retention.completed_tasks,
          .deleted_tasks = parts_->config.retention.runs}});
}

std::uint64_t EmbeddedServer::stop(Duration drain) {
  constexpr Duration kGrace = Duration::seconds(5);
  parts_->running = false;
  parts_->retention.reset();
  parts_->watch.reset();
  const DrainReport report = parts_->execution->drain(drain, kGrace);
  if (!report.unfinished.empty()) {
    parts_->log.warn("drain", {{"unfinished", std::to_string(report.unfinished.size())}});
  }
  parts_->engine->stop();
  parts_->views->stop();
  return report.stuck;
}

Gateway& EmbeddedServer::gateway() { return *parts_->gateway; }
Metrics& EmbeddedServer::metrics() { return parts_->metrics; }
const OpenSummary& EmbeddedServer::opened() const { return parts_->engine->opened(); }

}  // namespace carillon::server
