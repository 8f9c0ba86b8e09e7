#include "server/config/print_config.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "server/config/value_text.h"

namespace carillon::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Compares with a file of the repository; CARILLON_UPDATE_GOLDEN=1 writes the file instead.
void expect_golden(const std::string& file, const std::string& text) {
  const std::string path = std::string(CARILLON_TEST_DATA) + "/" + file;
  if (std::getenv("CARILLON_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::stringstream kept;
  kept << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, kept.str()) << "If the change is meant, run this test again with "
                                 "CARILLON_UPDATE_GOLDEN=1 and commit "
                              << file;
}

TEST(ReferencePage, of_the_configuration_is_fresh) {
  expect_golden("../../../docs/reference/configuration.md", reference_markdown());
}

TEST(PrintConfig, of_the_defaults_is_as_agreed) {
  const auto loaded = load_config({});
  ASSERT_TRUE(loaded);
  expect_golden("golden/defaults.yml", print_config(*loaded, WithOrigin::no));
}

TEST(PrintConfig, says_where_each_value_came_from) {
  const auto loaded =
      load_config({.file = ConfigFile{.name = "app.yml", .text = "carillon:\n  drain: 5s\n"},
                   .variable =
                       [](std::string_view name) {
                         return name == "CARILLON_HTTP_THREADS" ? std::optional<std::string>("4")
                                                                : std::nullopt;
                       },
                   .overrides = {{.key = "log.level", .value = "warn", .flag = "--log-level"}}});
  ASSERT_TRUE(loaded);
  const std::string text = print_config(*loaded, WithOrigin::yes);
  EXPECT_THAT(text, HasSubstr("  drain: 5s                                         # app.yml:2\n"));
  EXPECT_THAT(text, HasSubstr("    threads: 4                                      "
                              "# CARILLON_HTTP_THREADS\n"));
  EXPECT_THAT(text, HasSubstr("    level: warn                                     "
                              "# --log-level\n"));
  EXPECT_THAT(text, HasSubstr("    format: auto                                    # default\n"));
}

TEST(PrintConfig, never_shows_a_secret) {
  const auto loaded = load_config(
      {.overrides = {{.key = "auth.tokens-file", .value = "/t"},
                     {.key = "executors.smtp.password-file", .value = "/p"},
                     {.key = "notifications.webhook.secret-file", .value = "/s"}},
       .read_secret = [](const std::string&) { return Result<std::string>("hunter2"); }});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.executors.smtp.password.reveal(), "hunter2");
  EXPECT_THAT(print_config(*loaded, WithOrigin::yes), Not(HasSubstr("hunter2")));
}

std::uint64_t drawn_number(const Bounds& bounds) {
  return *rc::gen::weightedOneOf<std::uint64_t>(
      {{1, rc::gen::element(bounds.min, bounds.max)},
       {4, rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [bounds](std::uint64_t draw) {
          return bounds.min + draw % (bounds.max - bounds.min + 1);
        })}});
}

// Texts with everything that YAML could read as something else.
std::string drawn_text(std::size_t min) {
  static const std::string kPieces[] = {
      "a",   "~", "null",         ": ", "#",  " #", "'", "\"", "\\", ",",  "[", "]",
      "{",   "}", "&x",           "*x", "!t", "|",  ">", "%",  "@",  "- ", "0", "012",
      "yes", "ü", "\xe2\x80\xa6", " ",  "$"};
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::elementOf(std::vector<std::string>(std::begin(kPieces), std::end(kPieces))));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text.size() < min ? "x" : text;
}

template <class E>
E drawn_word() {
  const auto& rows = Words<E>::rows;
  return rows[*rc::gen::inRange<std::size_t>(0, rows.size())].first;
}

std::string drawn_text(const ConfigKey& key) {
  switch (key.kind) {
    case ValueKind::name:
      return *rc::gen::element<std::string>("a", "task-events", "0", "null", "a.b_c");
    case ValueKind::address:
      return *rc::gen::element<std::string>("127.0.0.1:0", "[::1]:8080", "localhost:1", ":65535");
    case ValueKind::url:
      return *rc::gen::element<std::string>("", "smtp://h:25", "https://h/x?a=b#\"c\\,");
    case ValueKind::path:
    case ValueKind::paths:
      return "/" + drawn_text(0);
    case ValueKind::text:
    case ValueKind::texts:
    case ValueKind::toggle:
    case ValueKind::count:
    case ValueKind::size:
    case ValueKind::duration:
    case ValueKind::milliseconds:
    case ValueKind::word:
    case ValueKind::words:
      return drawn_text(1);
  }
  return {};
}

void draw(const ConfigKey& key, ServerConfig& config) {
  std::visit(
      [&]<class T>(T* member) {
        if constexpr (std::is_same_v<T, std::string>) {
          *member = drawn_text(key);
        } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
          member->clear();
          const auto count = *rc::gen::inRange<std::uint64_t>(key.bounds.min, 4);
          for (std::uint64_t i = 0; i < count; ++i) member->push_back(drawn_text(key));
        } else if constexpr (std::is_same_v<T, bool>) {
          *member = *rc::gen::arbitrary<bool>();
        } else if constexpr (std::is_same_v<T, std::uint64_t>) {
          *member = drawn_number(key.bounds);
        } else if constexpr (std::is_same_v<T, Duration>) {
          *member = Duration::milliseconds(static_cast<std::int64_t>(drawn_number(key.bounds)));
        } else if constexpr (HasWords<T>) {
          *member = drawn_word<T>();
        }  // Of roles, only the default may be had yet.
      },
      key.member.of(config));
}

TEST(PrintConfig, gives_a_file_that_loads_as_the_same_values) {
  EXPECT_TRUE(rc::check([] {
    auto before = load_config({});
    RC_ASSERT(before.has_value());
    for (const ConfigKey& key : config_keys()) {
      const bool drawn = key.path != "carillon.engine" && *rc::gen::inRange(0, 3) == 0;
      if (drawn) draw(key, before->config);
    }
    SmtpConfig& smtp = before->config.executors.smtp;
    if (smtp.from.empty()) smtp.from = "from";
    if (smtp.password_file.empty()) smtp.password_file = "/password";
    const std::string text = print_config(*before, WithOrigin::yes);
    const auto after = load_config({.file = ConfigFile{.name = "printed.yml", .text = text}});
    if (!after) RC_FAIL(after.error().front().message + "\n" + text);
    for (const ConfigKey* key : changed_keys(*before, *after)) {
      RC_FAIL(std::string(key->path) + "\n" + text);
    }
    RC_ASSERT(print_config(*after, WithOrigin::no) == print_config(*before, WithOrigin::no));
  }));
}

}  // namespace
}  // namespace carillon::server
