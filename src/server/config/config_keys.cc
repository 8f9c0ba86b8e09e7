// The table of all keys. Read it beside server_config.h, which has the defaults.
#include <array>

#include "server/config/config_key.h"

namespace carillon::server {
namespace {

using enum ValueKind;
using enum Reload;

// The member at the end of a chain of members: member<&ServerConfig::log, &LogConfig::level>.
template <auto... Chain>
constexpr MemberAccess member{
    .mutable_member = [](ServerConfig& config) -> ConfigMember::Mutable {
      return &(config.*....*Chain);
    },
    .const_member = [](const ServerConfig& config) -> ConfigMember::Const {
      return &(config.*....*Chain);
    }};

template <auto... Chain>
SecretText& secret(ServerConfig& config) {
  return (config.*....*Chain);
}

using S = ServerConfig;
using E = ExecutorsConfig;

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;
constexpr std::uint64_t kGiB = 1024 * kMiB;
constexpr std::uint64_t kTiB = 1024 * kGiB;

constexpr std::uint64_t ms_of(Duration d) { return static_cast<std::uint64_t>(d.ms()); }

constexpr Bounds kOptionalText{0, kTextBytesMax};
constexpr Bounds kText{1, kTextBytesMax};
constexpr Bounds kTopicName{1, 249};    // Kafka's own bound.
constexpr Bounds kKeyspaceName{1, 48};  // Cassandra's own bound.
constexpr Bounds kOptionalList{0, kListItemsMax};
constexpr Bounds kList{1, kListItemsMax};
constexpr Bounds kToggle{};
constexpr Bounds kWord{};
constexpr Bounds kKept{ms_of(Duration::minutes(1)), ms_of(Duration::days(36'500))};

constexpr std::array kKeys{
    // The specification's application.yml.
    ConfigKey{"spring.kafka.bootstrap-servers", texts,
              member<&S::spring, &SpringConfig::kafka_bootstrap_servers>, kList, restart,
              "Kafka brokers, as host:port."},
    ConfigKey{"spring.data.cassandra.contact-points", texts,
              member<&S::spring, &SpringConfig::cassandra_contact_points>, kList, restart,
              "Cassandra nodes to ask first."},
    ConfigKey{"spring.data.cassandra.port",
              count,
              member<&S::spring, &SpringConfig::cassandra_port>,
              {1, 65'535},
              restart,
              "The port of those nodes."},
    ConfigKey{"spring.data.cassandra.keyspace-name", name,
              member<&S::spring, &SpringConfig::cassandra_keyspace_name>, kKeyspaceName, restart,
              "The keyspace with the task views."},
    ConfigKey{"flink.checkpoint.interval",
              milliseconds,
              member<&S::flink, &FlinkConfig::checkpoint_interval>,
              {10, ms_of(Duration::days(1))},
              restart,
              "Time between two Flink checkpoints, in milliseconds."},
    ConfigKey{"kafka.topics.task-events", name, member<&S::topics, &KafkaTopics::task_events>,
              kTopicName, restart, "Topic of the facts about tasks."},
    ConfigKey{"kafka.topics.scheduled-tasks", name,
              member<&S::topics, &KafkaTopics::scheduled_tasks>, kTopicName, restart,
              "Topic of runs that may start."},
    ConfigKey{"kafka.topics.task-execution", name, member<&S::topics, &KafkaTopics::task_execution>,
              kTopicName, restart, "Topic of attempts handed to executors."},
    ConfigKey{"kafka.topics.task-requests", name, member<&S::topics, &KafkaTopics::task_requests>,
              kTopicName, restart, "Topic of commands."},
    ConfigKey{"kafka.topics.task-responses", name, member<&S::topics, &KafkaTopics::task_responses>,
              kTopicName, restart, "Topic of answers to commands."},
    ConfigKey{"kafka.topics.workflow-events", name,
              member<&S::topics, &KafkaTopics::workflow_events>, kTopicName, restart,
              "Topic of the facts about workflows."},
    ConfigKey{"kafka.topics.task-notifications", name,
              member<&S::topics, &KafkaTopics::task_notifications>, kTopicName, restart,
              "Topic of notifications."},

    // Ours.
    ConfigKey{"carillon.listen", address, member<&S::listen>, kText, restart,
              "Address and port of the API; port 0 takes a free one. Beyond loopback it needs "
              "auth.tokens-file."},
    ConfigKey{"carillon.port-file", path, member<&S::port_file>, kOptionalText, restart,
              "Where to write the port that was bound."},
    ConfigKey{"carillon.data-dir", path, member<&S::data_dir>, kOptionalText, restart,
              "Where the data is kept. Empty: $XDG_DATA_HOME/carillon, or ~/.local/share/carillon, "
              "for `server`; a temporary directory for `dev`."},
    ConfigKey{"carillon.engine", word, member<&S::engine>, kWord, restart,
              "What hosts the rules: this process, or a Flink cluster (not there yet)."},
    ConfigKey{"carillon.role", words, member<&S::roles>, kList, restart,
              "What this process does. Anything but all needs the engine flink."},
    ConfigKey{"carillon.drain",
              duration,
              member<&S::drain>,
              {0, ms_of(Duration::days(1))},
              on_hup,
              "How long a stop waits for running attempts before it hands them back."},
    ConfigKey{"carillon.auth.tokens-file", path, member<&S::auth, &AuthConfig::tokens_file>,
              kOptionalText, restart, "File with the tokens that clients may present.",
              secret<&S::auth, &AuthConfig::tokens>},
    ConfigKey{"carillon.auth.insecure-no-auth", toggle,
              member<&S::auth, &AuthConfig::insecure_no_auth>, kToggle, restart,
              "Serve everyone who can reach a non-loopback address, without credentials."},
    ConfigKey{"carillon.http.threads",
              count,
              member<&S::http, &HttpConfig::threads>,
              {1, 64},
              restart,
              "Threads that serve the API."},
    ConfigKey{"carillon.limits.intake-records",
              count,
              member<&S::limits, &LimitsConfig::intake_records>,
              {1'000, 16'777'216},
              restart,
              "Requests that may wait for the engine; more are answered with 429."},
    ConfigKey{"carillon.limits.intake-bytes",
              size,
              member<&S::limits, &LimitsConfig::intake_bytes>,
              {kMiB, 64 * kGiB},
              restart,
              "The same, counted in bytes."},
    ConfigKey{"carillon.limits.body-bytes",
              size,
              member<&S::limits, &LimitsConfig::body_bytes>,
              {kKiB, 64 * kMiB},
              restart,
              "The largest request body."},
    ConfigKey{"carillon.limits.connections",
              count,
              member<&S::limits, &LimitsConfig::connections>,
              {1, 1'000'000},
              restart,
              "Connections that may be open."},
    ConfigKey{"carillon.limits.connections-per-address",
              count,
              member<&S::limits, &LimitsConfig::connections_per_address>,
              {1, 1'000'000},
              restart,
              "Connections that one address may have open."},
    ConfigKey{"carillon.limits.min-free-disk",
              size,
              member<&S::limits, &LimitsConfig::min_free_disk_bytes>,
              {0, 64 * kTiB},
              restart,
              "With less free space than this, writes are refused with 507."},
    ConfigKey{"carillon.storage.cache-bytes",
              size,
              member<&S::storage, &StorageConfig::cache_bytes>,
              {kMiB, 4 * kTiB},
              restart,
              "Memory for blocks read from the store."},
    ConfigKey{"carillon.storage.write-buffer-bytes",
              size,
              member<&S::storage, &StorageConfig::write_buffer_bytes>,
              {kMiB, 64 * kGiB},
              restart,
              "Memory for writes before they become a file, per column family."},
    ConfigKey{"carillon.retention.runs", duration, member<&S::retention, &RetentionConfig::runs>,
              kKept, restart, "How long finished runs are kept."},
    ConfigKey{"carillon.retention.runs-per-task",
              count,
              member<&S::retention, &RetentionConfig::runs_per_task>,
              {0, 1'000'000},
              restart,
              "So many of a task's last runs are kept, however old they are."},
    ConfigKey{"carillon.retention.events", duration,
              member<&S::retention, &RetentionConfig::events>, kKept, restart,
              "How long events can be read."},
    ConfigKey{"carillon.retention.logs", duration, member<&S::retention, &RetentionConfig::logs>,
              kKept, restart, "How long the output of attempts is kept."},
    ConfigKey{"carillon.retention.journal", duration,
              member<&S::retention, &RetentionConfig::journal>, kKept, restart,
              "How long the journal reaches back."},
    ConfigKey{"carillon.retention.completed-tasks", duration,
              member<&S::retention, &RetentionConfig::completed_tasks>, kKept, restart,
              "Finished one-shot tasks are deleted after this time."},
    ConfigKey{"carillon.executors.cpu-threads",
              count,
              member<&S::executors, &E::cpu_threads>,
              {0, 1'024},
              restart,
              "Threads for tasks that compute; 0 is one per core."},
    ConfigKey{"carillon.executors.blocking-threads",
              count,
              member<&S::executors, &E::blocking_threads>,
              {1, 4'096},
              restart,
              "Threads for tasks that wait."},
    ConfigKey{"carillon.executors.http-transfers",
              count,
              member<&S::executors, &E::http_transfers>,
              {1, 65'536},
              restart,
              "HTTP requests of tasks that may be under way."},
    ConfigKey{"carillon.executors.data-root", path, member<&S::executors, &E::data_root>,
              kOptionalText, restart,
              "Relative paths of tasks lie here. Empty: `files` in the data directory."},
    ConfigKey{"carillon.executors.roots", paths, member<&S::executors, &E::roots>, kOptionalList,
              restart, "Further directories that tasks may name by absolute path."},
    ConfigKey{"carillon.executors.command.enabled", toggle,
              member<&S::executors, &E::command, &CommandConfig::enabled>, kToggle, restart,
              "Whether tasks may start programs."},
    ConfigKey{"carillon.executors.command.path", text,
              member<&S::executors, &E::command, &CommandConfig::path>, kText, restart,
              "The PATH of those programs."},
    ConfigKey{"carillon.executors.command.cpu-seconds",
              count,
              member<&S::executors, &E::command, &CommandConfig::cpu_seconds>,
              {1, 31'536'000},
              restart,
              "CPU time of one program."},
    ConfigKey{"carillon.executors.command.memory-bytes",
              size,
              member<&S::executors, &E::command, &CommandConfig::memory_bytes>,
              {16 * kMiB, 16 * kTiB},
              restart,
              "Address space of one program."},
    ConfigKey{"carillon.executors.command.file-bytes",
              size,
              member<&S::executors, &E::command, &CommandConfig::file_bytes>,
              {0, 16 * kTiB},
              restart,
              "The largest file that a program may write."},
    ConfigKey{"carillon.executors.command.open-files",
              count,
              member<&S::executors, &E::command, &CommandConfig::open_files>,
              {16, 1'048'576},
              restart,
              "Files that a program may have open."},
    ConfigKey{"carillon.executors.command.processes",
              count,
              member<&S::executors, &E::command, &CommandConfig::processes>,
              {1, 4'194'304},
              restart,
              "Processes of the whole user, as the kernel counts them."},
    ConfigKey{"carillon.executors.http.allow", texts,
              member<&S::executors, &E::http, &OutgoingHttpConfig::allow>, kOptionalList, restart,
              "Private addresses that tasks may reach all the same: CIDR blocks, addresses, host "
              "names."},
    ConfigKey{"carillon.executors.http.timeout",
              duration,
              member<&S::executors, &E::http, &OutgoingHttpConfig::timeout>,
              {ms_of(Duration::seconds(1)), ms_of(Duration::days(1))},
              restart,
              "The longest time that a request of a task may take."},
    ConfigKey{"carillon.executors.http.answer-bytes",
              size,
              member<&S::executors, &E::http, &OutgoingHttpConfig::answer_bytes>,
              {kKiB, kGiB},
              restart,
              "The largest answer that a task may read."},
    ConfigKey{"carillon.executors.smtp.url", url, member<&S::executors, &E::smtp, &SmtpConfig::url>,
              kOptionalText, restart,
              "Mail server, as smtp://host:port or smtps://host:port. Empty: no e-mail."},
    ConfigKey{"carillon.executors.smtp.from", text,
              member<&S::executors, &E::smtp, &SmtpConfig::from>, kOptionalText, restart,
              "Sender of e-mails; needed with url."},
    ConfigKey{"carillon.executors.smtp.user", text,
              member<&S::executors, &E::smtp, &SmtpConfig::user>, kOptionalText, restart,
              "Account at the mail server. Empty: none."},
    ConfigKey{"carillon.executors.smtp.password-file", path,
              member<&S::executors, &E::smtp, &SmtpConfig::password_file>, kOptionalText, restart,
              "File with its password; needed with user.",
              secret<&S::executors, &E::smtp, &SmtpConfig::password>},
    ConfigKey{"carillon.notifications.log", toggle,
              member<&S::notifications, &NotificationsConfig::log>, kToggle, restart,
              "Whether notifications of failed tasks are logged."},
    ConfigKey{"carillon.notifications.webhook.url", url,
              member<&S::notifications, &NotificationsConfig::webhook_url>, kOptionalText, restart,
              "Where notifications are posted, as http:// or https://. Empty: nowhere."},
    ConfigKey{"carillon.notifications.webhook.secret-file", path,
              member<&S::notifications, &NotificationsConfig::webhook_secret_file>, kOptionalText,
              restart, "File with the secret that signs them.",
              secret<&S::notifications, &NotificationsConfig::webhook_secret>},
    ConfigKey{"carillon.log.level", word, member<&S::log, &LogConfig::level>, kWord, on_hup,
              "The least important lines that are written."},
    ConfigKey{"carillon.log.format", word, member<&S::log, &LogConfig::format>, kWord, restart,
              "How lines are written; auto is logfmt on a terminal and json elsewhere."},
};

}  // namespace

std::span<const ConfigKey> config_keys() { return kKeys; }

}  // namespace carillon::server
