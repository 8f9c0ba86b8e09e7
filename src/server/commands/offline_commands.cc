#include "server/commands/offline_commands.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "adapters/embedded/rocksdb/rocksdb_engine_store.h"
#include "adapters/zoneinfo/system_zones.h"
#include "api/http/problem.h"
#include "api/platform/cron_explanation.h"
#include "api/platform/embedded_files.h"
#include "codec/record_codec.h"
#include "server/backup_folder.h"
#include "server/commands/configuration.h"
#include "server/commands/online_backup.h"
#include "server/data_directory.h"

namespace carillon::server {
namespace {

namespace fs = std::filesystem;

std::vector<ConfigOverride> data_dir_override(const std::optional<std::string>& data_dir) {
  if (!data_dir) return {};
  return {{.key = "data-dir", .value = *data_dir, .flag = "--data-dir"}};
}

int failed(const cli::CliEnvironment& environment, const Error& error) {
  complain(environment, error);
  return 1;
}

Error no_data_in(const DataDirectory& directory) {
  return {.code = ErrorCode::not_found,
          .message = fmt::format("There is no data of carillon in {}.", directory.root.string()),
          .hint = "Name the data directory with --data-dir."};
}

Result<std::unique_ptr<RocksdbEngineStore>> open_to_read(const std::string& data_dir) {
  const DataDirectory directory{.root = data_dir};
  std::error_code error;
  if (auto whole = refuse_unfinished_restore(directory); !whole) return fail(whole.error());
  if (!fs::exists(directory.store(), error)) return fail(no_data_in(directory));
  auto opened = RocksdbEngineStore::open_read_only(directory.store(), {});
  if (!opened) return fail(with_way_back(std::move(opened.error()), directory));
  return opened;
}

Result<std::uint64_t> write_journal(const RocksdbEngineStore& store,
                                    const std::function<void(std::string_view)>& write) {
  constexpr std::size_t kChunk = 1'000;
  JournalPosition after{};
  std::uint64_t written = 0;
  while (true) {
    auto records = store.journal_after(after, kChunk);
    if (!records) return fail(std::move(records.error()));
    if (records->empty()) return written;
    after = records->back().position;
    for (const JournalRecord& record : *records) {
      auto line = journal_line(record);
      if (!line) return fail(std::move(line.error()));
      write(*line + "\n");
      ++written;
    }
  }
}

}  // namespace

int export_journal(const cli::CliEnvironment& environment,
                   const cli::JournalExportOptions& options) {
  const auto loaded =
      load_or_complain(environment, options.config, data_dir_override(options.data_dir));
  if (!loaded) return 2;
  auto store = open_to_read(loaded->config.data_dir);
  if (!store) return failed(environment, store.error());
  if ((*store)->mark().journal_from.value() > 1) {
    environment.err(
        fmt::format("carillon: the journal begins at record {}; what was before is no longer kept, "
                    "so a replay knows nothing of tasks made then.\n",
                    (*store)->mark().journal_from.value()));
  }
  Result<std::uint64_t> written;
  if (options.output_file) {
    std::ofstream file(*options.output_file, std::ios::binary | std::ios::trunc);
    written = write_journal(**store, [&](std::string_view line) { file << line; });
    file.close();
    if (!file) {
      return failed(environment,
                    {.code = ErrorCode::io_failed,
                     .message = fmt::format("Cannot write {}.", *options.output_file)});
    }
  } else {
    written = write_journal(**store, environment.out);
  }
  if (!written) return failed(environment, written.error());
  environment.err(fmt::format("{} records exported\n", *written));
  return 0;
}

int backup(const cli::CliEnvironment& environment, const cli::BackupOptions& options) {
  if (options.online == cli::Switch::on) {
    return ask_for_backup(environment, options);
  }
  const auto loaded =
      load_or_complain(environment, options.config, data_dir_override(options.data_dir));
  if (!loaded) return 2;
  const DataDirectory directory{.root = loaded->config.data_dir};
  const fs::path target(options.output_dir);
  std::error_code error;
  if (auto whole = refuse_unfinished_restore(directory); !whole) {
    return failed(environment, whole.error());
  }
  if (!fs::exists(directory.store(), error)) return failed(environment, no_data_in(directory));
  auto store = RocksdbEngineStore::open(directory.store(), {});
  if (!store) return failed(environment, with_way_back(store.error(), directory));
  if (const auto repair = (*store)->repair())
    environment.err(fmt::format("carillon: {}\n", *repair));
  const auto made =
      make_backup(directory, target, [&](const fs::path& to) { return (*store)->checkpoint(to); });
  if (!made) return failed(environment, made.error());
  environment.out(fmt::format("Backup written to {}.\n", target.string()));
  return 0;
}

int restore(const cli::CliEnvironment& environment, const cli::RestoreOptions& options) {
  const auto loaded =
      load_or_complain(environment, options.config, data_dir_override(options.data_dir));
  if (!loaded) return 2;
  const fs::path target(loaded->config.data_dir);
  if (auto restored = restore_backup(options.from, target); !restored) {
    return failed(environment, restored.error());
  }
  auto store = open_to_read(target.string());
  if (!store) return failed(environment, store.error());
  environment.out(fmt::format("Restored into {}, up to record {}.\n", target.string(),
                              (*store)->mark().last_position.value()));
  return 0;
}

int schema(const cli::CliEnvironment& environment, const cli::SchemaOptions& options) {
  if (!options.name) {
    environment.out("openapi\tThe REST API as OpenAPI 3.1: carillon schema openapi\n");
    return 0;
  }
  if (*options.name == "openapi") {
    environment.out(api::kOpenApiJson);
    return 0;
  }
  complain(environment, {.code = ErrorCode::not_found,
                         .message = fmt::format("There is no schema '{}'.", *options.name),
                         .hint = "carillon schema lists what there is."});
  return 3;
}

cli::RestAnswer explain_cron(const cli::CliEnvironment& environment, std::string_view body) {
  auto answer = api::explain_cron(body, SystemZones(), environment.now());
  if (answer) return {.status = 200, .body = *std::move(answer), .etag = {}, .run = {}};
  const Problem& problem = answer.error();
  const std::uint16_t status = error_info(problem.error.code).http_status;
  return {.status = status,
          .body = http::problem_document(
              problem.error,
              {.instance = "", .request_id = "", .status = status, .details = problem.details}),
          .etag = {},
          .run = {}};
}

int doctor(const cli::CliEnvironment& environment, const cli::DoctorOptions& options) {
  const auto loaded =
      load_or_complain(environment, options.config, data_dir_override(options.data_dir));
  if (!loaded) return 2;
  int faults = 0;
  const auto report = [&](std::string_view what, bool ok, std::string_view detail) {
    environment.out(fmt::format("{:<6}{:<12}{}\n", ok ? "ok" : "BAD", what, detail));
    faults += ok ? 0 : 1;
  };
  report("config", true, "valid");
  const SystemZones zones;
  report("zones", zones.names().size() > 300,
         fmt::format("{} time zones (package tzdata)", zones.names().size()));
  const fs::path data(loaded->config.data_dir);
  if (const auto whole = refuse_unfinished_restore({.root = data}); !whole) {
    report("data", false, whole.error().message);
    environment.out(fmt::format("{:<18}{}\n", "", whole.error().hint));
    return 1;
  }
  std::error_code error;
  if (!fs::exists(data / "store", error)) {
    report("data", true, fmt::format("{} holds nothing yet", data.string()));
    return 0;
  }
  const auto space = fs::space(data, error);
  report("disk", space.available > loaded->config.limits.min_free_disk_bytes,
         fmt::format("{} MiB free in {}", space.available >> 20, data.string()));
  auto store = open_to_read(data.string());
  auto sound = store ? (*store)->verify() : Result<void>(fail(store.error()));
  report("store", sound.has_value(),
         sound ? fmt::format("sound, last record {}", (*store)->mark().last_position.value())
               : sound.error().message);
  if (!sound) {
    const Error fault = store ? with_way_back(sound.error(), {.root = data}) : sound.error();
    environment.out(fmt::format("{:<18}{}\n", "", fault.hint));
  }
  if (store) {
    if (const auto repair = (*store)->repair()) {
      environment.out(fmt::format("{:<18}{}\n", "", *repair));
    }
    const auto dead = (*store)->dead_letters(1'000);
    report("records", dead && dead->empty(),
           dead ? fmt::format("{} dead letters", dead->size()) : dead.error().message);
  }
  return faults == 0 ? 0 : 1;
}

}  // namespace carillon::server
