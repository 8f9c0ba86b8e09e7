#include "server/config/config_key.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "server/config/value_text.h"

namespace carillon::server {
namespace {

TEST(ConfigKeys, have_distinct_paths_and_variables) {
  std::set<std::string> names;
  for (const ConfigKey& key : config_keys()) {
    EXPECT_TRUE(names.insert(std::string(key.path)).second) << key.path;
    EXPECT_TRUE(names.insert(environment_name(key)).second) << key.path;
    EXPECT_FALSE(is_key_group(key.path)) << key.path;
  }
}

TEST(ConfigKeys, stand_together_with_their_group) {
  std::set<std::string_view> left;
  std::string_view group;
  for (const ConfigKey& key : config_keys()) {
    const std::string_view next = key.path.substr(0, key.path.rfind('.'));
    if (next == group) continue;
    EXPECT_FALSE(left.contains(next)) << key.path;
    left.insert(group);
    group = next;
  }
}

TEST(ConfigKeys, set_a_member_each) {
  ServerConfig config;
  std::set<const void*> members;
  for (const ConfigKey& key : config_keys()) {
    const void* member =
        std::visit([](auto* at) -> const void* { return at; }, key.member.of(config));
    EXPECT_TRUE(members.insert(member).second) << key.path;
  }
}

TEST(ConfigKeys, are_explained_by_a_sentence) {
  for (const ConfigKey& key : config_keys()) {
    EXPECT_TRUE(key.summary.ends_with('.')) << key.path;
  }
}

TEST(ConfigKeys, name_a_file_where_a_secret_is_behind_them) {
  for (const ConfigKey& key : config_keys()) {
    if (key.secret != nullptr) EXPECT_TRUE(key.path.ends_with("-file")) << key.path;
  }
}

TEST(ConfigKeys, accept_their_own_default) {
  for (const ConfigKey& key : config_keys()) {
    ServerConfig config;
    const GivenText given{.text = plain_value(key, config), .spelling = Spelling::typed};
    const Result<void> read = read_value(key, given, config);
    EXPECT_TRUE(read) << read.error().message;
    EXPECT_EQ(plain_value(key, config), plain_value(key, ServerConfig{})) << key.path;
  }
}

TEST(EnvironmentName, is_the_path_in_capitals) {
  EXPECT_EQ(environment_name(*find_key("carillon.retention.runs-per-task")),
            "CARILLON_RETENTION_RUNS_PER_TASK");
  EXPECT_EQ(environment_name(*find_key("spring.kafka.bootstrap-servers")),
            "SPRING_KAFKA_BOOTSTRAP_SERVERS");
}

TEST(FullPath, adds_our_first_part_where_it_is_left_out) {
  EXPECT_EQ(full_path("retention.runs"), "carillon.retention.runs");
  EXPECT_EQ(full_path("carillon.retention.runs"), "carillon.retention.runs");
  EXPECT_EQ(full_path("kafka.topics.task-events"), "kafka.topics.task-events");
  EXPECT_EQ(full_path("server.port"), "server.port");
}

struct Hint {
  const char* path;
  const char* hint;
};

TEST(UnknownKeyHint, names_the_nearest_key_or_what_takes_its_place) {
  const Hint hints[] = {
      {"carillon.listn", "Did you mean carillon.listen?"},
      {"carillon.retention.run", "Did you mean carillon.retention.runs?"},
      {"carillon.retentoin.runs", "Did you mean carillon.retention.runs?"},
      {"carilon", "Did you mean carillon?"},
      {"listen", "Did you mean carillon.listen?"},
      {"carillon.tokens-file", "Did you mean carillon.auth.tokens-file?"},
      {"carillon.timeout", "Did you mean carillon.executors.http.timeout?"},
      {"spring.kafka.bootstrapServers", "Did you mean spring.kafka.bootstrap-servers?"},
      {"server", "Set carillon.listen, for example 127.0.0.1:8080."},
      {"server.port", "Set carillon.listen, for example 127.0.0.1:8080."},
      {"spring.application.name", "Remove it: carillon needs no name."},
      {"logging.level.root", "Set carillon.log.level and carillon.log.format."},
      {"spring.datasource", "Known below spring: kafka, data."},
      {"carillon.http.zzzzzzzzzzzz", "Known below carillon.http: threads."},
      {"zzzzzzzzzzz", "Known at the top: spring, flink, kafka, carillon."},
      {"", "Known at the top: spring, flink, kafka, carillon."},
  };
  for (const Hint& row : hints) EXPECT_EQ(unknown_key_hint(row.path), row.hint) << row.path;
}

}  // namespace
}  // namespace carillon::server
