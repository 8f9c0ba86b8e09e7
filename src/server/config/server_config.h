// ServerConfig: everything an operator may choose, with the defaults as initialisers. Plain values.
//
// One row of config_keys() per member says how it is spelled in files and what it means; the
// meaning is not repeated here. The first three structs are the specification's application.yml.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "base/words.h"
#include "server/config/secret_text.h"

namespace carillon::server {

enum class EngineKind : std::uint8_t { embedded, flink };
enum class Role : std::uint8_t { all, api, executor, views };
enum class LogLevel : std::uint8_t { trace, debug, info, warn, error };
enum class LogFormat : std::uint8_t { automatic, logfmt, json };

struct SpringConfig {
  std::vector<std::string> kafka_bootstrap_servers{"localhost:9092"};
  std::vector<std::string> cassandra_contact_points{"localhost"};
  std::uint64_t cassandra_port = 9042;
  std::string cassandra_keyspace_name = "taskscheduler";
};

struct FlinkConfig {
  Duration checkpoint_interval = Duration::seconds(10);
};

struct KafkaTopics {
  std::string task_events = "task-events";
  std::string scheduled_tasks = "scheduled-tasks";
  std::string task_execution = "task-execution";
  std::string task_requests = "task-requests";
  std::string task_responses = "task-responses";
  std::string workflow_events = "workflow-events";
  std::string task_notifications = "task-notifications";
};

struct AuthConfig {
  std::string tokens_file;
  SecretText tokens;  // What tokens_file holds.
  bool insecure_no_auth = false;
};

struct CommandConfig {
  bool enabled = false;
  std::string path = "/usr/local/bin:/usr/bin:/bin";
  std::uint64_t cpu_seconds = 3600;
  std::uint64_t memory_bytes = std::uint64_t{4} << 30;
  std::uint64_t file_bytes = std::uint64_t{1} << 30;
  std::uint64_t open_files = 256;
  std::uint64_t processes = 4096;
};

struct OutgoingHttpConfig {
  std::vector<std::string> allow;
  Duration timeout = Duration::hours(1);
  std::uint64_t answer_bytes = 1 << 20;
};

struct SmtpConfig {
  std::string url;
  std::string from;
  std::string user;
  std::string password_file;
  SecretText password;  // What password_file holds.
};

struct ExecutorsConfig {
  std::uint64_t cpu_threads = 0;
  std::uint64_t blocking_threads = 32;
  std::uint64_t http_transfers = 256;
  std::string data_root;
  std::vector<std::string> roots;
  CommandConfig command;
  OutgoingHttpConfig http;
  SmtpConfig smtp;
};

struct RetentionConfig {
  Duration runs = Duration::days(30);
  std::uint64_t runs_per_task = 100;
  Duration events = Duration::days(7);
  Duration logs = Duration::days(30);
  Duration journal = Duration::days(7);
  Duration completed_tasks = Duration::days(30);
};

struct LimitsConfig {
  std::uint64_t intake_records = 65'536;
  std::uint64_t intake_bytes = 64 << 20;
  std::uint64_t body_bytes = 1 << 20;
  std::uint64_t connections = 10'000;
  std::uint64_t connections_per_address = 4'000;
  std::uint64_t min_free_disk_bytes = 64 << 20;
};

struct StorageConfig {
  std::uint64_t cache_bytes = 256 << 20;
  std::uint64_t write_buffer_bytes = 64 << 20;
};

struct HttpConfig {
  std::uint64_t threads = 2;
};

struct LogConfig {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::automatic;
};

struct NotificationsConfig {
  bool log = true;
  std::string webhook_url;
  std::string webhook_secret_file;
  SecretText webhook_secret;  // What webhook_secret_file holds.
};

struct ServerConfig {
  SpringConfig spring;
  FlinkConfig flink;
  KafkaTopics topics;

  std::string listen = "127.0.0.1:8080";
  std::string port_file;
  std::string data_dir;
  EngineKind engine = EngineKind::embedded;
  std::vector<Role> roles{Role::all};
  Duration drain = Duration::seconds(30);
  AuthConfig auth;
  HttpConfig http;
  LimitsConfig limits;
  StorageConfig storage;
  RetentionConfig retention;
  ExecutorsConfig executors;
  NotificationsConfig notifications;
  LogConfig log;
};

}  // namespace carillon::server

namespace carillon {

template <>
struct Words<server::EngineKind> {
  static constexpr std::array<std::pair<server::EngineKind, std::string_view>, 2> rows{{
      {server::EngineKind::embedded, "embedded"},
      {server::EngineKind::flink, "flink"},
  }};
};

template <>
struct Words<server::Role> {
  static constexpr std::array<std::pair<server::Role, std::string_view>, 4> rows{{
      {server::Role::all, "all"},
      {server::Role::api, "api"},
      {server::Role::executor, "executor"},
      {server::Role::views, "views"},
  }};
};

template <>
struct Words<server::LogLevel> {
  static constexpr std::array<std::pair<server::LogLevel, std::string_view>, 5> rows{{
      {server::LogLevel::trace, "trace"},
      {server::LogLevel::debug, "debug"},
      {server::LogLevel::info, "info"},
      {server::LogLevel::warn, "warn"},
      {server::LogLevel::error, "error"},
  }};
};

template <>
struct Words<server::LogFormat> {
  static constexpr std::array<std::pair<server::LogFormat, std::string_view>, 3> rows{{
      {server::LogFormat::automatic, "auto"},
      {server::LogFormat::logfmt, "logfmt"},
      {server::LogFormat::json, "json"},
  }};
};

}  // namespace carillon
