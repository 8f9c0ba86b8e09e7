#include "server/config/value_text.h"

#include <string>

#include <gtest/gtest.h>

namespace carillon::server {
namespace {

struct Row {
  const char* key;
  const char* text;
  const char* outcome;  // The value as it is printed, or the message and hint.
  Spelling spelling = Spelling::plain;
};

std::string outcome_of(const Row& row) {
  const ConfigKey* key = find_key(row.key);
  if (key == nullptr) return "no such key";
  ServerConfig config;
  const Result<void> read =
      read_value(*key, GivenText{.text = row.text, .spelling = row.spelling}, config);
  if (read) return print_value(*key, config);
  const Error& error = read.error();
  return error.hint.empty() ? error.message : error.message + " " + error.hint;
}

void expect_outcomes(std::span<const Row> rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(outcome_of(row), row.outcome) << row.key << " = " << row.text;
  }
}

TEST(ReadValue, takes_whole_numbers_without_traps) {
  constexpr const char* kPort = "spring.data.cassandra.port";
  const Row rows[] = {
      {kPort, "9043", "9043"},
      {kPort, "9043", "9043", Spelling::typed},
      {kPort, "9043",
       "spring.data.cassandra.port expects a whole number, 1 to 65535, not '9043' in quotes. "
       "Remove the quotes.",
       Spelling::quoted},
      {kPort, "012",
       "spring.data.cassandra.port expects a whole number, 1 to 65535, not '012'. "
       "Write 12; a leading zero means octal elsewhere."},
      {kPort, "0", "spring.data.cassandra.port expects a whole number, 1 to 65535, not '0'."},
      {kPort, "65536",
       "spring.data.cassandra.port expects a whole number, 1 to 65535, not '65536'."},
      {kPort, "1e3", "spring.data.cassandra.port expects a whole number, 1 to 65535, not '1e3'."},
      {kPort, "0x10", "spring.data.cassandra.port expects a whole number, 1 to 65535, not '0x10'."},
      {kPort, "-1", "spring.data.cassandra.port expects a whole number, 1 to 65535, not '-1'."},
      {kPort, "1_000",
       "spring.data.cassandra.port expects a whole number, 1 to 65535, not '1_000'."},
      {kPort, "99999999999999999999999",
       "spring.data.cassandra.port expects a whole number, 1 to 65535, not "
       "'99999999999999999999999'."},
  };
  expect_outcomes(rows);
}

TEST(ReadValue, takes_only_true_and_false_for_toggles) {
  constexpr const char* kLog = "carillon.notifications.log";
  const Row rows[] = {
      {kLog, "true", "true"},
      {kLog, "false", "false", Spelling::typed},
      {kLog, "yes", "carillon.notifications.log expects true or false, not 'yes'. Write true."},
      {kLog, "on", "carillon.notifications.log expects true or false, not 'on'. Write true."},
      {kLog, "True", "carillon.notifications.log expects true or false, not 'True'. Write true."},
      {kLog, "no", "carillon.notifications.log expects true or false, not 'no'. Write false."},
      {kLog, "0", "carillon.notifications.log expects true or false, not '0'. Write false.",
       Spelling::typed},
      {kLog, "true",
       "carillon.notifications.log expects true or false, not 'true' in quotes. Write true.",
       Spelling::quoted},
      {kLog, "maybe", "carillon.notifications.log expects true or false, not 'maybe'."},
  };
  expect_outcomes(rows);
}

TEST(ReadValue, takes_sizes_in_binary_units_or_bytes) {
  constexpr const char* kCache = "carillon.storage.cache-bytes";
  const Row rows[] = {
      {kCache, "64MiB", "64MiB"},
      {kCache, "1024KiB", "1MiB"},
      {kCache, "1GiB", "1GiB", Spelling::quoted},
      {kCache, "67108864", "64MiB"},
      {kCache, "67108865B", "67108865"},
      {kCache, "64MB",
       "carillon.storage.cache-bytes expects a size, 1MiB to 4TiB, not '64MB'. "
       "Write 64MiB; units count in steps of 1024."},
      {kCache, "64m",
       "carillon.storage.cache-bytes expects a size, 1MiB to 4TiB, not '64m'. "
       "Write 64MiB; units count in steps of 1024."},
      {kCache, "64 MiB",
       "carillon.storage.cache-bytes expects a size, 1MiB to 4TiB, not '64 MiB'. "
       "Write 64MiB; units count in steps of 1024."},
      {kCache, "64 pages",
       "carillon.storage.cache-bytes expects a size, 1MiB to 4TiB, not '64 pages'. "
       "Write for example 64MiB, 1GiB or a number of bytes."},
      {kCache, "1023KiB",
       "carillon.storage.cache-bytes expects a size, 1MiB to 4TiB, not '1023KiB'."},
      {kCache, "18446744073709551615TiB",
       "carillon.storage.cache-bytes expects a size, 1MiB to 4TiB, not "
       "'18446744073709551615TiB'."},
  };
  expect_outcomes(rows);
}

TEST(ReadValue, takes_durations_with_a_unit) {
  constexpr const char* kDrain = "carillon.drain";
  const Row rows[] = {
      {kDrain, "30s", "30s"},
      {kDrain, "90s", "1m30s"},
      {kDrain, "0s", "0s"},
      {kDrain, "1500ms", "1s500ms"},
      {kDrain, "PT1H30M", "1h30m"},
      {kDrain, "24h", "1d", Spelling::quoted},
      {kDrain, "30",
       "carillon.drain expects a duration, 0s to 1d, not '30'. Add the unit: 30s, 30m, 30h or "
       "30d."},
      {kDrain, "25h", "carillon.drain expects a duration, 0s to 1d, not '25h'."},
      {kDrain, "soon", "carillon.drain expects a duration, 0s to 1d, not 'soon'."},
      {kDrain, "P1M", "carillon.drain expects a duration, 0s to 1d, not 'P1M'."},
      {kDrain, "", "carillon.drain expects a duration, 0s to 1d, not ''."},
      {"carillon.retention.runs", "0s",
       "carillon.retention.runs expects a duration, 1m to 36500d, not '0s'."},
  };
  expect_outcomes(rows);
}

TEST(ReadValue, takes_the_checkpoint_interval_in_milliseconds_as_the_specification_has_it) {
  constexpr const char* kInterval = "flink.checkpoint.interval";
  const Row rows[] = {
      {kInterval, "10000", "10000"},
      {kInterval, "2m", "120000"},
      {kInterval, "5",
       "flink.checkpoint.interval expects a number of milliseconds, 10 to 86400000, not '5'."},
  };
  expect_outcomes(rows);
}

TEST(ReadValue, takes_words_of_the_table_only) {
  const Row rows[] = {
      {"carillon.log.level", "debug", "debug"},
      {"carillon.log.format", "auto", "auto"},
      {"carillon.engine", "flink", "flink"},
      {"carillon.role", "api,executor", "[api, executor]"},
      {"carillon.log.level", "DEBUG",
       "carillon.log.level expects one of trace, debug, info, warn, error, not 'DEBUG'. Did you "
       "mean debug?"},
      {"carillon.role", "api, scheduler",
       "carillon.role expects a list of all, api, executor, views, not 'scheduler'."},
  };
  expect_outcomes(rows);
}

TEST(ReadValue, checks_texts_by_their_kind) {
  const Row rows[] = {
      {"carillon.listen", "0.0.0.0:80", "\"0.0.0.0:80\""},
      {"carillon.listen", "[::1]:8080", "\"[::1]:8080\""},
      {"carillon.listen", ":0", "\":0\""},
      {"carillon.listen", "8080",
       "carillon.listen expects an address and port, not '8080'. Write for example "
       "127.0.0.1:8080."},
      {"carillon.listen", "host:70000",
       "carillon.listen expects an address and port, not 'host:70000'. Write for example "
       "127.0.0.1:8080."},
      {"carillon.listen", "::1:80",
       "carillon.listen expects an address and port, not '::1:80'. Write for example "
       "127.0.0.1:8080."},
      {"carillon.data-dir", "/var/lib/\"x\"\\y", R"("/var/lib/\"x\"\\y")"},
      {"carillon.data-dir", "~/data",
       "carillon.data-dir expects a path, not '~/data'. Write the whole path; ~ is not expanded."},
      {"carillon.executors.roots", "/srv/a,/srv/b", R"(["/srv/a", "/srv/b"])", Spelling::typed},
      {"carillon.executors.roots", "", "[]", Spelling::typed},
      {"carillon.executors.roots", "srv",
       "carillon.executors.roots expects a list of absolute paths, not 'srv'. Begin it with /."},
      {"carillon.executors.http.allow", "10.0.0.0/8,,x",
       "carillon.executors.http.allow expects a list of texts, not an empty item."},
      {"spring.kafka.bootstrap-servers", "",
       "spring.kafka.bootstrap-servers expects a list of one or more texts, not an empty list."},
      {"kafka.topics.task-events", "task events",
       "kafka.topics.task-events expects a name of 1 to 249 characters, not 'task events'. Use "
       "letters, digits, '.', '_' and '-'."},
      {"carillon.executors.smtp.url", "smtp://mail.example.org:25",
       "\"smtp://mail.example.org:25\""},
      {"carillon.executors.smtp.url", "mail.example.org",
       "carillon.executors.smtp.url expects a URL without credentials, not 'mail.example.org'. "
       "Write scheme://host:port."},
      {"carillon.executors.smtp.from", "a\nb",
       "carillon.executors.smtp.from expects a text, not 'a\\nb'. Remove the control character."},
      {"carillon.executors.smtp.from", "a\u202eb",
       "carillon.executors.smtp.from expects a text, not 'a\\u202eb'. Remove the control "
       "character."},
  };
  expect_outcomes(rows);
}

TEST(ReadValue, does_not_repeat_credentials_that_stand_in_a_url) {
  EXPECT_EQ(outcome_of({"carillon.notifications.webhook.url", "https://me:hunter2@example.org/x"}),
            "carillon.notifications.webhook.url expects a URL without credentials, not one with "
            "credentials. Take the credentials out of it; they belong into a file.");
}

TEST(ReadValue, sets_nothing_when_it_refuses) {
  ServerConfig config;
  const ConfigKey& key = *find_key("carillon.executors.roots");
  ASSERT_TRUE(read_value(key, std::vector<std::string>{"/a"}, config));
  EXPECT_FALSE(read_value(key, std::vector<std::string>{"/b", "c"}, config));
  EXPECT_EQ(config.executors.roots, std::vector<std::string>{"/a"});
}

TEST(ReadValue, keeps_commas_in_the_items_of_a_list) {
  ServerConfig config;
  const ConfigKey& key = *find_key("carillon.executors.roots");
  ASSERT_TRUE(read_value(key, std::vector<std::string>{"/a,b"}, config));
  EXPECT_EQ(config.executors.roots, std::vector<std::string>{"/a,b"});
}

TEST(ReadValue, refuses_a_list_where_one_value_is_expected) {
  ServerConfig config;
  const auto read = read_value(*find_key("carillon.drain"), std::vector<std::string>{"1s"}, config);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "carillon.drain expects a duration, 0s to 1d, not a list.");
}

}  // namespace
}  // namespace carillon::server
