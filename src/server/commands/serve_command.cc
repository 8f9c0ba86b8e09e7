#include "server/commands/serve_command.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "adapters/system/system_clock.h"
#include "adapters/system/system_entropy.h"
#include "api/api.h"
#include "api/http/listening/listen_address.h"
#include "api/http/server.h"
#include "server/access.h"
#include "server/backup_folder.h"
#include "server/banner.h"
#include "server/commands/configuration.h"
#include "server/data_directory.h"
#include "server/embedded_server.h"
#include "server/log.h"
#include "server/process.h"
#include "server/request_metrics.h"

namespace carillon::server {
namespace {

namespace fs = std::filesystem;

// A directory that goes with the process, for `dev` without --data-dir.
class TemporaryData {
 public:
  TemporaryData() {
    std::string name = (fs::temp_directory_path() / "carillon-dev-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryData() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  TemporaryData(const TemporaryData&) = delete;
  TemporaryData& operator=(const TemporaryData&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::vector<ConfigOverride> overrides_of(const cli::ServeOptions& options, ServeMode mode) {
  std::vector<ConfigOverride> overrides;
  const auto add = [&](std::string key, const std::optional<std::string>& value, std::string flag) {
    if (value)
      overrides.push_back({.key = std::move(key), .value = *value, .flag = std::move(flag)});
  };
  // In development everything works from the start; a configured value still wins.
  const bool set = std::ranges::any_of(options.config.overrides, [](const std::string& typed) {
    return typed.find("executors.command.enabled") != std::string::npos;
  });
  if (mode == ServeMode::dev && !set) add("executors.command.enabled", "true", "dev");
  add("data-dir", options.data_dir, "--data-dir");
  add("listen", options.listen, "--listen");
  add("port-file", options.port_file, "--port-file");
  add("role", options.role, "--role");
  add("log.level", options.log_level, "--log-level");
  if (options.insecure_no_auth == cli::Switch::on) {
    add("auth.insecure-no-auth", "true", "--insecure-no-auth");
  }
  return overrides;
}

http::ServerOptions http_options(const ServerConfig& config) {
  http::ServerOptions options{.listen = config.listen,
                              .threads = static_cast<unsigned>(config.http.threads)};
  options.limits.body_bytes_max = config.limits.body_bytes;
  options.limits.connections_max = config.limits.connections;
  options.limits.connections_per_address_max = config.limits.connections_per_address;
  return options;
}

std::string data_text(const DataDirectory& directory, const TemporaryData* temporary) {
  if (temporary == nullptr) return directory.root.string();
  return fmt::format("{}, gone at exit  (keep it: --data-dir ./data)", directory.root.string());
}

// Everything of one serving process, from the port to the engine.
class Serving {
 public:
  Serving(const cli::CliEnvironment& environment, const ServerConfig& config, ServeMode mode)
      : environment_(environment),
        config_(config),
        mode_(mode),
        log_(mode == ServeMode::dev && config.log.level == LogLevel::info ? LogLevel::warn
                                                                          : config.log.level,
             config.log.format) {}

  // The port first: a conflict must not cost the opening of the store.
  Result<void> open(const std::string& data_dir) {
    auto listening = http::Server::listen(http_options(config_));
    if (!listening) return fail(std::move(listening.error()));
    http_ = std::move(*listening);
    auto directory = open_data_directory(data_dir);
    if (!directory) return fail(std::move(directory.error()));
    directory_ = std::move(*directory);
    if (auto whole = refuse_unfinished_restore(directory_); !whole) return whole;
    auto keys = read_or_make_keys(directory_, entropy_);
    if (!keys) return fail(std::move(keys.error()));
    auto access = access_options(config_, keys->token_hash);
    if (!access) return fail(std::move(access.error()));
    access_text_ = describe_access(*access, config_);
    auto server = EmbeddedServer::open(config_, directory_, log_);
    if (!server) return fail(std::move(server.error()));
    server_ = std::move(*server);
    observer_ = std::make_unique<RequestMetrics>(server_->metrics());
    api_ = std::make_unique<api::Api>(
        api::ApiOptions{.access = std::move(*access), .page_token_key = keys->page_tokens},
        api::ApiPorts{.gateway = server_->gateway(), .clock = clock_, .observer = *observer_});
    return {};
  }

  Result<void> start() {
    server_->start();
    http_->serve([this](http::Request&& request, http::Responder responder) {
      api_->handle(std::move(request), std::move(responder));
    });
    if (config_.port_file.empty()) return {};
    return write_text_file(config_.port_file, fmt::format("{}\n", http_->port()));
  }

  void announce(const TemporaryData* temporary, double seconds, cli::Switch quiet) {
    ReadyReport report{.version = CARILLON_VERSION,
                       .mode = mode_ == ServeMode::dev ? "dev" : "server",
                       .ready_seconds = seconds,
                       .address = http_->address(),
                       .data = data_text(directory_, temporary),
                       .access = access_text_,
                       .types = {},
                       .program = own_command()};
    for (const TypeDescription& type : server_->gateway().task_types()) {
      report.types.push_back(type.name);
    }
    notify_service_manager("READY=1\nSTATUS=Serving.");
    log_.info("ready", {{"address", report.address}, {"data", directory_.root.string()}});
    if (quiet == cli::Switch::on) return;
    environment_.out(environment_.output == cli::Device::terminal ? banner(report)
                                                                  : ready_line(report) + "\n");
  }

  // Takes over what may change while the server runs: how long a stop waits, and the log's level.
  void apply(const ServerConfig& config) {
    drain_ = config.drain;
    log_.set_level(config.log.level);
    log_.info("reloaded");
  }

  // Work is no longer taken; what runs may finish; then everything ends in order.
  void stop() {
    notify_service_manager("STOPPING=1\nSTATUS=Finishing running attempts.");
    log_.info("stopping");
    // Who pressed Ctrl-C and waits must know for what.
    if (mode_ == ServeMode::dev) {
      environment_.err(
          fmt::format("Stopping. Running tasks may end within {} s; Ctrl-C again stops at once.\n",
                      drain_.ms() / Duration::seconds(1).ms()));
    }
    api_->begin_drain();
    const std::uint64_t stuck = server_->stop(drain_);
    http_->stop(Duration::seconds(2));
    log_.info("stopped");
    if (stuck > 0) {
      // A handler that does not listen would hold the process for ever; all data is stored.
      log_.warn("leaving", {{"stuck", std::to_string(stuck)}});
      std::_Exit(0);
    }
  }

 private:
  const cli::CliEnvironment& environment_;
  const ServerConfig& config_;
  const ServeMode mode_;
  Duration drain_ = config_.drain;
  Log log_;
  SystemClock clock_;
  SystemEntropy entropy_;
  DataDirectory directory_;
  std::string access_text_;
  // Destroyed from the last: nobody may call what is gone.
  std::unique_ptr<EmbeddedServer> server_;
  std::unique_ptr<RequestMetrics> observer_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<http::Server> http_;
};

}  // namespace

int serve(const cli::CliEnvironment& environment, const cli::ServeOptions& options,
          ServeMode mode) {
  const auto began = std::chrono::steady_clock::now();
  hold_signals();
  raise_file_limit();
  const auto loaded = load_or_complain(environment, options.config, overrides_of(options, mode));
  if (!loaded) return 2;
  const bool keeps_data = mode == ServeMode::server || options.data_dir ||
                          environment.variable("CARILLON_DATA_DIR") || options.config.config_file;
  std::optional<TemporaryData> temporary;
  if (!keeps_data) temporary.emplace();
  Serving serving(environment, loaded->config, mode);
  auto ready = serving.open(temporary ? temporary->path() : loaded->config.data_dir);
  if (ready) ready = serving.start();
  if (!ready) {
    complain(environment, ready.error());
    return 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  serving.announce(temporary ? &*temporary : nullptr, took.count(), options.quiet);
  LoadedConfig running = *loaded;
  while (wait_for_signal() == Signal::reload) {
    const auto fresh = load_or_complain(environment, options.config, overrides_of(options, mode));
    if (!fresh) continue;  // The running configuration stays.
    running = reloaded(running, *fresh);
    serving.apply(running.config);
    for (const ConfigKey* key : changed_keys(running, *fresh)) {
      environment.err(fmt::format("carillon: {} changes at the next start.\n", key->path));
    }
  }
  end_at_next_signal();
  serving.stop();
  return 0;
}

}  // namespace carillon::server
