#include <array>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "cli/session.h"
#include "cli/verbs/verbs.h"

namespace carillon::cli {
namespace {

constexpr std::array<std::string_view, 3> kReplayFormats{"table", "json", "jsonl"};

std::vector<OptionSpec> config_options(ConfigSource& config) {
  return {
      {"--config", "FILE", "Configuration file (YAML).", &config.config_file},
      {"--set", "KEY=VALUE", "One key of the configuration; wins over all else. Repeatable.",
       &config.overrides},
  };
}

// The verb's own options with those of the configuration behind them.
std::vector<OptionSpec> with_config(std::vector<OptionSpec> own, ConfigSource& config) {
  for (const OptionSpec& option : config_options(config)) own.push_back(option);
  return own;
}

template <class Options>
using Hook = std::function<int(const Options&)>;

// The hook is looked up when the verb runs, so it may be set after the specs are made.
template <class Options>
std::function<CliResult<ExitCode>(Session&)> calling(const Hook<Options>& hook,
                                                     std::shared_ptr<Options> options) {
  return [&hook, options = std::move(options)](Session&) -> CliResult<ExitCode> {
    if (!hook) {
      return give_up(ExitCode::failed, "This build of carillon has no server in it.",
                     "Use the full binary for this command.");
    }
    return static_cast<ExitCode>(hook(*options));
  };
}

std::vector<OptionSpec> serve_options(ServeOptions& o) {
  return with_config(
      {
          {"--data-dir", "DIR", "Where the data is kept.", &o.data_dir},
          {"--listen", "ADDRESS", "Address and port, such as 127.0.0.1:8080; :0 takes a free one.",
           &o.listen},
          {"--port-file", "FILE", "Write the port that was bound into this file.", &o.port_file},
          {"--role", "ROLES", "What this process does, such as api,executor.", &o.role},
          {"--log-level", "LEVEL", "trace, debug, info, warn or error.", &o.log_level},
          {"--insecure-no-auth", "", "Listen beyond this computer without asking for credentials.",
           &o.insecure_no_auth},
          {"-q,--quiet", "", "Print no banner.", &o.quiet},
      },
      o.config);
}

CommandSpec dev_command(const ServerCommands& hooks) {
  auto options = std::make_shared<ServeOptions>();
  return {.name = "dev",
          .summary = "Start a server to try things out; everything is on.",
          .details = "Without --data-dir the data is gone when it stops.",
          .examples = "carillon dev\ncarillon dev --data-dir ./data --listen 127.0.0.1:9090",
          .options = serve_options(*options),
          .run = calling(hooks.dev, options)};
}

CommandSpec server_command(const ServerCommands& hooks) {
  auto options = std::make_shared<ServeOptions>();
  return {.name = "server",
          .summary = "Start a server for production.",
          .examples =
              "carillon server --config application.yml\n"
              "carillon server --data-dir /var/lib/carillon --listen 127.0.0.1:8080",
          .options = serve_options(*options),
          .run = calling(hooks.server, options)};
}

CommandSpec replay_command(const ServerCommands& hooks) {
  auto options = std::make_shared<ReplayOptions>();
  return {.name = "replay",
          .summary = "Replay a journal through the rules and print what they decide.",
          .examples = "carillon replay journal.jsonl --until 2026-11-24T20:30:00Z",
          .options = {{"FILE", "", "An exported journal.", &options->file},
                      {"--until", "WHERE", "Stop at this position or time.", &options->until},
                      {"-o,--output", "FORMAT", "How to print.", &options->format, kReplayFormats}},
          .run = calling(hooks.replay, options)};
}

CommandSpec backup_command(const ServerCommands& hooks) {
  auto options = std::make_shared<BackupOptions>();
  return {
      .name = "backup",
      .summary = "Write a consistent copy of the data into a directory.",
      .examples =
          "carillon backup ./backup --data-dir ./data\n"
          "carillon backup ./backup --online --server http://127.0.0.1:8080",
      .shared = SharedOptions::rest,
      .options = with_config(
          {{"DIR", "", "The new directory.", &options->output_dir},
           {"--data-dir", "DIR", "Data of a server that is not running.", &options->data_dir},
           {"--online", "", "Ask a running server for it; so does --server.", &options->online}},
          options->config),
      .run = [options,
              back_up = calling(hooks.backup, options)](Session& session) -> CliResult<ExitCode> {
        if (session.has_typed_server()) options->online = Switch::on;
        if (options->online == Switch::on) {
          auto endpoint = session.endpoint();
          if (!endpoint) return give_up(endpoint.error());
          options->server = std::move(endpoint->server);
          options->token = std::move(endpoint->token);
        }
        return back_up(session);
      }};
}

CommandSpec restore_command(const ServerCommands& hooks) {
  auto options = std::make_shared<RestoreOptions>();
  return {
      .name = "restore",
      .summary = "Make a data directory from a backup.",
      .examples = "carillon restore ./backup --data-dir ./data",
      .options = with_config({{"BACKUP", "", "Directory of the backup.", &options->from},
                              {"--data-dir", "DIR", "The new data directory.", &options->data_dir}},
                             options->config),
      .run = calling(hooks.restore, options)};
}

CommandSpec journal_commands(const ServerCommands& hooks) {
  auto options = std::make_shared<JournalExportOptions>();
  CommandSpec export_command{
      .name = "export",
      .summary = "Write the journal as JSON lines.",
      .examples = "carillon journal export --data-dir ./data --output journal.jsonl",
      .options = with_config(
          {{"--data-dir", "DIR", "Where the data is kept.", &options->data_dir},
           {"--output", "FILE", "Standard output if none is given.", &options->output_file}},
          options->config),
      .run = calling(hooks.journal_export, options)};
  return {.name = "journal",
          .summary = "Read the journal of a server that is not running.",
          .examples = "carillon journal export --data-dir ./data",
          .commands = {std::move(export_command)}};
}

CommandSpec config_commands(const ServerCommands& hooks) {
  auto check = std::make_shared<ConfigCheckOptions>();
  auto print = std::make_shared<ConfigPrintOptions>();
  return {.name = "config",
          .summary = "Check and print the configuration.",
          .examples =
              "carillon config check --config application.yml\n"
              "carillon config print --origin",
          .commands = {
              {.name = "check",
               .summary = "Say whether the configuration is valid.",
               .examples = "carillon config check --config application.yml",
               .options = config_options(check->config),
               .run = calling(hooks.config_check, check)},
              {.name = "print",
               .summary = "Print the configuration that would be used.",
               .examples = "carillon config print --origin",
               .options = with_config(
                   {{"--origin", "", "Also say where each value came from.", &print->origin}},
                   print->config),
               .run = calling(hooks.config_print, print)},
          }};
}

CommandSpec doctor_command(const ServerCommands& hooks) {
  auto options = std::make_shared<DoctorOptions>();
  return {.name = "doctor",
          .summary = "Check this computer and the configuration, with a fix per finding.",
          .examples = "carillon doctor\ncarillon doctor --config application.yml",
          .options = with_config(
              {{"--data-dir", "DIR", "Also check this one.", &options->data_dir}}, options->config),
          .run = calling(hooks.doctor, options)};
}

CommandSpec schema_command(const ServerCommands& hooks) {
  auto options = std::make_shared<SchemaOptions>();
  return {.name = "schema",
          .summary = "Print the schema of the API or of a task type.",
          .examples = "carillon schema\ncarillon schema openapi",
          .options = {{"NAME", "", "Which one; without it they are listed.", &options->name}},
          .run = calling(hooks.schema, options)};
}

}  // namespace

std::vector<CommandSpec> server_command_specs(const ServerCommands& hooks) {
  return {dev_command(hooks),     server_command(hooks),   config_commands(hooks),
          doctor_command(hooks),  schema_command(hooks),   backup_command(hooks),
          restore_command(hooks), journal_commands(hooks), replay_command(hooks)};
}

}  // namespace carillon::cli
