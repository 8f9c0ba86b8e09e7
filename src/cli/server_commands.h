// The verbs that are not REST clients: what the user asked for, handed to whoever links the server.
//
// Plain values and hooks. A hook that is not set makes its verb answer that this build lacks it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_spec.h"
#include "cli/rest/rest_port.h"

namespace carillon::cli {

// What all verbs that read the configuration share. Empty optionals leave the choice to the
// environment, the file and the defaults, in this order.
struct ConfigSource {
  std::optional<std::string> config_file;
  std::vector<std::string> overrides;  // key=value, as typed, in order.
};

struct ServeOptions {  // carillon dev, carillon server
  ConfigSource config;
  std::optional<std::string> data_dir;
  std::optional<std::string> listen;
  std::optional<std::string> port_file;
  std::optional<std::string> role;
  std::optional<std::string> log_level;
  Switch insecure_no_auth = Switch::off;
  Switch quiet = Switch::off;
};

struct ReplayOptions {
  std::string file;
  std::optional<std::string> until;   // Journal position or RFC 3339 instant, as typed.
  std::optional<std::string> format;  // table, json or jsonl.
};

struct BackupOptions {
  std::string output_dir;
  ConfigSource config;
  std::optional<std::string> data_dir;  // Of a server that is not running.
  Switch online = Switch::off;          // From a running one, with:
  std::string server;
  std::string token;
};

struct RestoreOptions {
  std::string from;
  ConfigSource config;
  std::optional<std::string> data_dir;
};

struct JournalExportOptions {
  ConfigSource config;
  std::optional<std::string> data_dir;
  std::optional<std::string> output_file;  // Empty: standard output.
};

struct ConfigCheckOptions {
  ConfigSource config;
};

struct ConfigPrintOptions {
  ConfigSource config;
  Switch origin = Switch::off;  // Also say where each value came from.
};

struct DoctorOptions {
  ConfigSource config;
  std::optional<std::string> data_dir;
};

struct SchemaOptions {
  std::optional<std::string> name;  // Empty: list what there is.
};

// Each verb returns the exit code of the process and has printed what there is to say.
struct ServerCommands {
  std::function<int(const ServeOptions&)> dev;
  std::function<int(const ServeOptions&)> server;
  std::function<int(const ReplayOptions&)> replay;
  std::function<int(const BackupOptions&)> backup;
  std::function<int(const RestoreOptions&)> restore;
  std::function<int(const JournalExportOptions&)> journal_export;
  std::function<int(const ConfigCheckOptions&)> config_check;
  std::function<int(const ConfigPrintOptions&)> config_print;
  std::function<int(const DoctorOptions&)> doctor;
  std::function<int(const SchemaOptions&)> schema;

  // Answers POST /api/v1/cron/explain with this body as a server would, without one.
  std::function<RestAnswer(std::string_view body)> explain_cron;
};

}  // namespace carillon::cli
