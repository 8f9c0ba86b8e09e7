#include "server/config/load_config.h"

#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/value_text.h"

namespace carillon::server {
namespace {

using ::testing::ElementsAre;

using Variables = std::map<std::string, std::string, std::less<>>;

VariableLookup lookup_in(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

ConfigSources file_only(std::string text) {
  return {.file = ConfigFile{.name = "app.yml", .text = std::move(text)}};
}

// "message hint" of every fault; empty when there is none.
std::vector<std::string> faults_of(const ConfigSources& sources) {
  std::vector<std::string> faults;
  const auto loaded = load_config(sources);
  if (loaded) return faults;
  for (const Error& error : loaded.error()) {
    faults.push_back(error.hint.empty() ? error.message : error.message + " " + error.hint);
  }
  return faults;
}

LoadedConfig loaded_from(const ConfigSources& sources) {
  auto loaded = load_config(sources);
  EXPECT_TRUE(loaded) << loaded.error().front().message;
  return loaded ? *std::move(loaded) : LoadedConfig{};
}

std::string origin_of(const LoadedConfig& loaded, std::string_view path) {
  return loaded.origins.at(static_cast<std::size_t>(find_key(path) - config_keys().data())).place;
}

// As it stands in the specification.
constexpr std::string_view kSpecification = R"(spring:
  kafka:
    bootstrap-servers: localhost:9092
  data:
    cassandra:
      contact-points: localhost
      port: 9042
      keyspace-name: taskscheduler

flink:
  checkpoint:
    interval: 10000

kafka:
  topics:
    task-events: task-events
    scheduled-tasks: scheduled-tasks
    task-execution: task-execution
    task-requests: task-requests
    task-responses: task-responses
    workflow-events: workflow-events
    task-notifications: task-notifications
)";

TEST(LoadConfig, accepts_the_file_of_the_specification_unchanged) {
  const LoadedConfig loaded = loaded_from(file_only(std::string(kSpecification)));
  EXPECT_EQ(origin_of(loaded, "kafka.topics.task-notifications"), "app.yml:22");
  const LoadedConfig defaults = loaded_from({});
  EXPECT_TRUE(changed_keys(defaults, loaded).empty()) << "its values are our defaults";
}

TEST(LoadConfig, without_any_source_gives_the_defaults) {
  const LoadedConfig loaded = loaded_from({});
  EXPECT_EQ(loaded.config.listen, "127.0.0.1:8080");
  EXPECT_EQ(loaded.config.retention.runs, Duration::days(30));
  EXPECT_EQ(loaded.config.storage.cache_bytes, 268'435'456U);
  EXPECT_EQ(origin_of(loaded, "carillon.listen"), "default");
}

TEST(LoadConfig, reads_every_kind_of_value_from_a_file) {
  const ServerConfig config = loaded_from(file_only(R"(
carillon:
  listen: "127.0.0.1:9090"
  role: [all]
  drain: 1m30s
  limits: {body-bytes: 2MiB, connections: 50}
  executors:
    roots:
      - /srv/in
      - "/srv/a, b"
    command:
      enabled: true
  log:
    level: debug
kafka.topics.task-events: events
)"))
                                  .config;
  EXPECT_EQ(config.listen, "127.0.0.1:9090");
  EXPECT_EQ(config.drain, Duration::seconds(90));
  EXPECT_EQ(config.limits.body_bytes, 2U << 20);
  EXPECT_EQ(config.limits.connections, 50U);
  EXPECT_THAT(config.executors.roots, ElementsAre("/srv/in", "/srv/a, b"));
  EXPECT_TRUE(config.executors.command.enabled);
  EXPECT_EQ(config.log.level, LogLevel::debug);
  EXPECT_EQ(config.topics.task_events, "events");
}

TEST(LoadConfig, accepts_a_group_whose_keys_are_all_commented_out) {
  EXPECT_THAT(faults_of(file_only("carillon:\n  # listen: x\n")), ElementsAre());
}

TEST(LoadConfig, reports_all_faults_of_a_file_at_once_in_its_order) {
  EXPECT_THAT(
      faults_of(file_only(R"(server:
  port: 8080
spring:
  application:
    name: tasks
  datasource: x
carillon:
  listn: 127.0.0.1:80
  drain: 30
  retention: 30d
  data-dir:
  limits:
    connections: [1]
    body-bytes:
      max: 1
  executors:
    roots: [[a]]
  auth:
    insecure-no-auth: yes
  log: &x
    level: loud
)")),
      ElementsAre("app.yml:1: server is not a known key. Set carillon.listen, for example "
                  "127.0.0.1:8080.",
                  "app.yml:4: spring.application is not a known key. Remove it: carillon needs no "
                  "name.",
                  "app.yml:6: spring.datasource is not a known key. Known below spring: kafka, "
                  "data.",
                  "app.yml:8: carillon.listn is not a known key. Did you mean carillon.listen?",
                  "app.yml:9: carillon.drain expects a duration, 0s to 1d, not '30'. Add the unit: "
                  "30s, 30m, 30h or 30d.",
                  "app.yml:10: carillon.retention is a group of keys, not a value. Write the keys "
                  "below `retention:`, indented.",
                  "app.yml:11: carillon.data-dir has no value. Write a value, or remove the line "
                  "to have the default.",
                  "app.yml:13: carillon.limits.connections expects a whole number, 1 to 1000000, "
                  "not a list.",
                  "app.yml:14: carillon.limits.body-bytes expects a size, 1KiB to 64MiB, not a "
                  "group of keys.",
                  "app.yml:17: carillon.executors.roots has an item that is no text. Write `- "
                  "text` for each item.",
                  "app.yml:19: carillon.auth.insecure-no-auth expects true or false, not 'yes'. "
                  "Write true.",
                  "app.yml:20: Anchors (&name) are not read. Write the value out at each place.",
                  "app.yml:21: carillon.log.level expects one of trace, debug, info, warn, error, "
                  "not 'loud'."));
}

TEST(LoadConfig, reports_the_code_of_each_fault) {
  const auto loaded = load_config(file_only("a: *x\n"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().front().code, ErrorCode::malformed_request);
  const auto unknown = load_config(file_only("a: 1\n"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().front().code, ErrorCode::unknown_field);
}

TEST(LoadConfig, refuses_a_file_that_is_no_group) {
  EXPECT_THAT(faults_of(file_only("- a\n")),
              ElementsAre("app.yml:1: The file is not a group of keys. Write `carillon:` and its "
                          "keys below it."));
}

TEST(LoadConfig, refuses_a_key_that_is_given_in_two_forms) {
  EXPECT_THAT(faults_of(file_only("carillon.drain: 1s\ncarillon:\n  drain: 2s\n")),
              ElementsAre("app.yml:3: carillon.drain is already given in app.yml:1. Keep one of "
                          "the two."));
}

TEST(LoadConfig, bounds_the_number_of_faults) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += fmt::format("a{}: 1\n", i);
  EXPECT_EQ(faults_of(file_only(text)).size(), kConfigFaultsMax);
}

// Each source sets the key or not; the strongest that does must win, and be named.
TEST(LoadConfig, lets_a_flag_win_over_the_environment_over_the_file_over_the_default) {
  for (unsigned set = 0; set < 8; ++set) {
    const bool in_file = (set & 1) != 0;
    const bool in_environment = (set & 2) != 0;
    const bool as_flag = (set & 4) != 0;
    ConfigSources sources;
    if (in_file) sources = file_only("carillon:\n  drain: 1s\n");
    if (in_environment) sources.variable = lookup_in({{"CARILLON_DRAIN", "2s"}});
    if (as_flag) sources.overrides = {{.key = "drain", .value = "3s"}};
    const LoadedConfig loaded = loaded_from(sources);
    const std::int64_t seconds = as_flag ? 3 : in_environment ? 2 : in_file ? 1 : 30;
    const char* origin = as_flag          ? "--set"
                         : in_environment ? "CARILLON_DRAIN"
                         : in_file        ? "app.yml:2"
                                          : "default";
    EXPECT_EQ(loaded.config.drain, Duration::seconds(seconds)) << set;
    EXPECT_EQ(origin_of(loaded, "carillon.drain"), origin) << set;
  }
}

TEST(LoadConfig, reads_the_keys_of_the_specification_from_the_environment) {
  const LoadedConfig loaded =
      loaded_from({.variable = lookup_in({{"SPRING_KAFKA_BOOTSTRAP_SERVERS", "a:1,b:2"},
                                          {"FLINK_CHECKPOINT_INTERVAL", "5000"}})});
  EXPECT_THAT(loaded.config.spring.kafka_bootstrap_servers, ElementsAre("a:1", "b:2"));
  EXPECT_EQ(loaded.config.flink.checkpoint_interval, Duration::seconds(5));
}

TEST(LoadConfig, takes_an_empty_variable_as_not_set) {
  const LoadedConfig loaded = loaded_from({.variable = lookup_in({{"CARILLON_LISTEN", ""}})});
  EXPECT_EQ(loaded.config.listen, "127.0.0.1:8080");
}

TEST(LoadConfig, lets_the_last_of_two_flags_win) {
  const LoadedConfig loaded =
      loaded_from({.overrides = {{.key = "listen", .value = ":1", .flag = "--set"},
                                 {.key = "carillon.listen", .value = ":2", .flag = "--listen"}}});
  EXPECT_EQ(loaded.config.listen, ":2");
  EXPECT_EQ(origin_of(loaded, "carillon.listen"), "--listen");
}

TEST(LoadConfig, names_the_place_of_faults_outside_the_file) {
  EXPECT_THAT(faults_of({.variable = lookup_in({{"CARILLON_HTTP_THREADS", "many"}}),
                         .overrides = {{.key = "log.levl", .value = "debug"},
                                       {.key = "retention", .value = "1d"},
                                       {.key = "listen", .value = "x", .flag = "--listen"}}}),
              ElementsAre("CARILLON_HTTP_THREADS: carillon.http.threads expects a whole number, 1 "
                          "to 64, not 'many'.",
                          "--set: log.levl is not a known key. Did you mean carillon.log.level?",
                          "--set: retention is a group of keys. Known below carillon.retention: "
                          "runs, runs-per-task, events, logs, journal, completed-tasks.",
                          "--listen: carillon.listen expects an address and port, not 'x'. Write "
                          "for example 127.0.0.1:8080."));
}

TEST(LoadConfig, refuses_to_listen_beyond_this_machine_without_credentials) {
  const auto with = [](std::vector<ConfigOverride> overrides) {
    return faults_of({.overrides = std::move(overrides)}).size();
  };
  EXPECT_EQ(with({{.key = "listen", .value = "0.0.0.0:80"}}), 1U);
  EXPECT_EQ(with({{.key = "listen", .value = "[::]:80"}}), 1U);
  EXPECT_EQ(with({{.key = "listen", .value = "127.0.0.1.example.org:80"}}), 1U);
  EXPECT_EQ(with({{.key = "listen", .value = "127.8.0.1:80"}}), 0U);
  EXPECT_EQ(with({{.key = "listen", .value = "[::1]:80"}}), 0U);
  EXPECT_EQ(with({{.key = "listen", .value = ":80"}}), 0U);
  EXPECT_EQ(with({{.key = "listen", .value = "0.0.0.0:80"},
                  {.key = "auth.insecure-no-auth", .value = "true"}}),
            0U);
  EXPECT_EQ(with({{.key = "listen", .value = "0.0.0.0:80"},
                  {.key = "auth.tokens-file", .value = "/etc/tokens"}}),
            0U);
}

TEST(LoadConfig, answers_not_yet_to_what_is_not_built) {
  EXPECT_THAT(faults_of({.overrides = {{.key = "engine", .value = "flink"}}}),
              ElementsAre("--set: The engine flink is not there yet. Write carillon.engine: "
                          "embedded."));
  EXPECT_THAT(faults_of(file_only("carillon:\n  role: api\n")),
              ElementsAre("app.yml:2: Roles can be shared out with the engine flink only, which is "
                          "not there yet. Write carillon.role: all."));
}

TEST(LoadConfig, refuses_mail_without_a_sender_or_an_account_without_a_password) {
  EXPECT_THAT(faults_of(file_only("carillon:\n  executors:\n    smtp:\n      url: smtp://m:25\n"
                                  "      user: me\n")),
              ElementsAre("app.yml:4: E-mails need a sender. Set carillon.executors.smtp.from, for "
                          "example carillon@example.org.",
                          "app.yml:5: The account has no password. Set "
                          "carillon.executors.smtp.password-file."));
}

TEST(LoadConfig, reads_the_files_that_hold_secrets) {
  const LoadedConfig loaded = loaded_from(
      {.overrides = {{.key = "notifications.webhook.secret-file", .value = "/run/secret"}},
       .read_secret = [](const std::string& path) { return Result<std::string>(path + "!\n"); }});
  EXPECT_EQ(loaded.config.notifications.webhook_secret.reveal(), "/run/secret!");
  EXPECT_TRUE(loaded.config.auth.tokens.empty());
}

TEST(LoadConfig, says_which_secret_cannot_be_read) {
  const std::vector<ConfigOverride> overrides{{.key = "auth.tokens-file", .value = "/t"}};
  EXPECT_THAT(faults_of({.overrides = overrides,
                         .read_secret = [](const std::string&) -> Result<std::string> {
                           return fail(ErrorCode::io_failed, "There is no file /t.");
                         }}),
              ElementsAre("--set: carillon.auth.tokens-file: There is no file /t."));
  EXPECT_THAT(
      faults_of({.overrides = overrides,
                 .read_secret = [](const std::string&) { return Result<std::string>("\n"); }}),
      ElementsAre("--set: carillon.auth.tokens-file: the file /t is empty. Put nothing but the "
                  "secret into it."));
}

TEST(ParseOverride, splits_at_the_first_equals_sign) {
  const auto given = parse_override("executors.command.path=/a=b");
  ASSERT_TRUE(given);
  EXPECT_EQ(given->key, "executors.command.path");
  EXPECT_EQ(given->value, "/a=b");
  EXPECT_EQ(parse_override("port-file=")->value, "");
  EXPECT_FALSE(parse_override("listen"));
  EXPECT_FALSE(parse_override("=x"));
}

TEST(DefaultDataDir, follows_the_xdg_rules) {
  EXPECT_EQ(default_data_dir(lookup_in({{"XDG_DATA_HOME", "/x"}, {"HOME", "/h"}})), "/x/carillon");
  EXPECT_EQ(default_data_dir(lookup_in({{"XDG_DATA_HOME", "rel"}, {"HOME", "/h"}})),
            "/h/.local/share/carillon");
  EXPECT_EQ(default_data_dir({}), "./carillon-data");
}

TEST(LoadConfig, takes_the_data_directory_of_the_caller_where_nothing_sets_one) {
  EXPECT_EQ(loaded_from({.data_dir_default = "/d"}).config.data_dir, "/d");
  ConfigSources sources = file_only("carillon:\n  data-dir: /e\n");
  sources.data_dir_default = "/d";
  EXPECT_EQ(loaded_from(sources).config.data_dir, "/e");
}

TEST(Reloaded, takes_only_what_may_change_while_running) {
  const LoadedConfig running = loaded_from({});
  const LoadedConfig fresh =
      loaded_from(file_only("carillon:\n  listen: 127.0.0.1:1\n  drain: 7s\n"));
  const LoadedConfig merged = reloaded(running, fresh);
  EXPECT_EQ(merged.config.listen, "127.0.0.1:8080");
  EXPECT_EQ(merged.config.drain, Duration::seconds(7));
  EXPECT_EQ(origin_of(merged, "carillon.drain"), "app.yml:3");
  std::vector<std::string_view> waiting;
  for (const ConfigKey* key : changed_keys(merged, fresh)) waiting.push_back(key->path);
  EXPECT_THAT(waiting, ElementsAre("carillon.listen"));
}

TEST(ChangedKeys, notices_a_new_secret_behind_the_same_path) {
  ConfigSources sources{.overrides = {{.key = "auth.tokens-file", .value = "/t"}},
                        .read_secret = [](const std::string&) { return Result<std::string>("a"); }};
  const LoadedConfig before = loaded_from(sources);
  sources.read_secret = [](const std::string&) { return Result<std::string>("b"); };
  const auto changed = changed_keys(before, loaded_from(sources));
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed.front()->path, "carillon.auth.tokens-file");
}

}  // namespace
}  // namespace carillon::server
