#include "executors/types/command.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/types.h>

#include "executors/testing/type_harness.h"

namespace carillon {
namespace {

using testing::completed;
using testing::eventually;
using testing::failed;
using ::testing::HasSubstr;
using testing::TypeHarness;

void allow_commands(ExecutorOptions& options) {
  options.command.availability = Availability::on;
  options.command.helper = CARILLON_SANDBOX_HOST;
}

class Command : public ::testing::Test {
 protected:
  // Runs a shell script given as the last argument: the shell is the test's own, not the type's.
  AttemptEnding run_script(std::string_view script, std::string_view more = {}) {
    return harness.run(script_parameters(script, more));
  }
  static std::string script_parameters(std::string_view script, std::string_view more = {}) {
    return fmt::format(R"({{"type": "command", "argv": ["/bin/sh", "-c", "{}"]{}}})", script, more);
  }
  // Whether a process is alive and not a zombie.
  static bool is_running(pid_t pid) {
    std::string state(512, '\0');
    FILE* file = fopen(fmt::format("/proc/{}/stat", pid).c_str(), "r");
    if (file == nullptr) return false;
    const std::size_t count = fread(state.data(), 1, state.size(), file);
    fclose(file);
    return state.substr(0, count).find(") Z") == std::string::npos;
  }
  pid_t noted_pid(std::string_view file) {
    EXPECT_TRUE(eventually([&] { return harness.directory.read(file).ends_with("\n"); }));
    return std::stoi(harness.directory.read(file));
  }

  TypeHarness harness{allow_commands};
};

TEST(CommandType, is_off_by_default) {
  const auto checked = TypeHarness().validate(R"({"type": "command", "argv": ["true"]})");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().hint, "Set executors.command.enabled: true to allow them.");
}

TEST_F(Command, needs_argv) {
  EXPECT_EQ(harness.validate(R"({"type": "command"})").error().pointer, "/parameters/argv");
  EXPECT_FALSE(harness.validate(R"({"type": "command", "argv": []})"));
  EXPECT_FALSE(harness.validate(R"({"type": "command", "argv": [""]})"));
  EXPECT_FALSE(harness.validate(R"({"type": "command", "argv": ["a\u0000b"]})"));
  EXPECT_FALSE(harness.validate(R"({"type": "command", "argv": ["a"], "env": {"A B": "x"}})"));
  EXPECT_FALSE(
      harness.validate(R"({"type": "command", "argv": ["a"], "env": {"CARILLON_X": "x"}})"));
}

TEST_F(Command, is_done_when_the_program_says_so) {
  const auto result = completed(run_script("echo one; echo two; echo oops >&2"));
  EXPECT_EQ(result.at("exitCode").as_int64(), 0);
  EXPECT_EQ(result.at("stdoutTail").as_string(), "one\ntwo");
  EXPECT_EQ(harness.logs.text(LogStream::out), "one\ntwo\n");
  EXPECT_EQ(harness.logs.text(LogStream::err), "oops\n");
}

TEST_F(Command, fails_with_the_exit_code_and_what_was_said) {
  const Failed failure = failed(run_script("echo why >&2; exit 3"));
  EXPECT_EQ(failure.code, "exit-code");
  EXPECT_EQ(failure.message, "The command ended with code 3. It said: why");
  EXPECT_EQ(failure.repeat, Repeat::may_help);
}

TEST_F(Command, tells_a_signal_from_an_exit) {
  EXPECT_EQ(failed(run_script("kill -9 $$")).code, "killed-by-signal");
}

TEST_F(Command, fails_for_good_when_there_is_no_such_program) {
  const Failed failure = failed(harness.run(R"({"type": "command", "argv": ["no-such-program"]})"));
  EXPECT_EQ(failure.code, "command-not-started");
  EXPECT_EQ(failure.repeat, Repeat::useless);
  EXPECT_THAT(failure.message, HasSubstr("no-such-program cannot be executed: No such file"));
}

TEST_F(Command, gives_arguments_to_no_shell) {
  for (const auto* injection :
       {"; touch canary", "$(touch canary)", "`touch canary`", "| touch canary", "&& touch canary",
        "\\n touch canary", "> canary", "' ; touch canary #", "${IFS}touch${IFS}canary",
        "-c touch canary", "%0atouch canary", "|| touch canary #", "& touch canary &"}) {
    const auto result = completed(
        harness.run(fmt::format(R"({{"type": "command", "argv": ["echo", "{}"]}})", injection)));
    EXPECT_FALSE(result.at("stdoutTail").as_string().empty());
    EXPECT_FALSE(harness.directory.has("canary")) << injection;
  }
}

TEST_F(Command, has_a_clean_environment) {
  setenv("SECRET_OF_THE_SERVER", "x", 1);
  harness.dispatched.nominal = Instant::from_unix_ms(0);
  completed(harness.run(
      R"({"type": "command", "argv": ["env"], "env": {"OWN": "v", "LD_PRELOAD": "/x.so"}})"));
  const std::string text = harness.logs.text(LogStream::out);
  for (const auto* line : {"OWN=v\n", "TZ=UTC\n", "LANG=C.UTF-8\n", "CARILLON_ATTEMPT=1\n",
                           "CARILLON_NOMINAL=1970-01-01T00:00:00.000Z\n",
                           "CARILLON_RUN_ID=018f0000-0000-7000-8000-000000000001.4\n",
                           "CARILLON_IDEMPOTENCY_KEY=018f0000-0000-7000-8000-000000000001.4\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, HasSubstr("HOME=" + harness.directory.path() + "\n"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("SECRET_OF_THE_SERVER")));
  unsetenv("SECRET_OF_THE_SERVER");
}

TEST_F(Command, reads_its_input) {
  const auto result =
      completed(harness.run(R"({"type": "command", "argv": ["wc", "-c"], "stdin": "12345"})"));
  EXPECT_EQ(result.at("stdoutTail").as_string(), "5");
}

TEST_F(Command, inherits_no_descriptor) {
  // 0, 1, 2 and the one that ls opens itself.
  const auto result =
      completed(harness.run(R"({"type": "command", "argv": ["ls", "/proc/self/fd"]})"));
  EXPECT_EQ(result.at("stdoutTail").as_string(), "0\n1\n2\n3");
}

TEST_F(Command, writes_nowhere_but_in_its_working_directory) {
  const testing::TemporaryDirectory outside;
  harness.directory.write("work/keep", "");
  completed(run_script("echo x > here", R"(, "cwd": "work")"));
  EXPECT_EQ(harness.directory.read("work/here"), "x\n");
  failed(run_script(fmt::format("echo x > {}", outside.path("there")), R"(, "cwd": "work")"));
  EXPECT_FALSE(outside.has("there"));
  failed(run_script("echo x > ../up", R"(, "cwd": "work")"));
  EXPECT_FALSE(harness.directory.has("up"));
  EXPECT_EQ(failed(run_script("true", R"(, "cwd": "../..")")).code, "forbidden");
}

TEST_F(Command, leaves_no_child_behind) {
  completed(run_script("sleep 600 & echo $! > child; exit 0"));
  const pid_t child = noted_pid("child");
  EXPECT_TRUE(eventually([&] { return !is_running(child); }));
}

TEST_F(Command, cannot_leave_its_process_group) {
  failed(run_script("setsid true && echo escaped > proof; exit 1"));
  EXPECT_FALSE(harness.directory.has("proof"));
}

TEST_F(Command, is_asked_to_end_first) {
  const auto ending = harness.run_and(
      script_parameters(
          "trap 'echo bye; exit 1' TERM; echo $$ > ready; while :; do sleep 0.01; done"),
      [&] {
        noted_pid("ready");
        harness.stop->ask({.reason = "enough"});
      });
  EXPECT_TRUE(testing::is_cancelled(ending));
  EXPECT_EQ(harness.logs.text(LogStream::out), "bye\n");
}

TEST_F(Command, is_killed_with_its_children_when_it_ignores_that) {
  pid_t child = 0;
  const auto ending = harness.run_and(
      script_parameters("trap '' TERM; sleep 600 & echo $! > child; while :; do sleep 0.01; done"),
      [&] {
        child = noted_pid("child");
        harness.stop->ask({.reason = "enough"});
        harness.stop->force();
      });
  EXPECT_TRUE(testing::is_cancelled(ending));
  EXPECT_TRUE(eventually([&] { return !is_running(child); }));
}

TEST_F(Command, keeps_a_bounded_part_of_a_flood) {
  const auto result = completed(run_script("head -c 50000000 /dev/zero | tr '\\\\\\\\0' 'x'",
                                           R"(, "maxOutputBytes": 100000)"));
  EXPECT_GT(result.at("droppedBytes").as_uint64(), 40'000'000U);
  EXPECT_LE(harness.logs.text(LogStream::out).size(), 200'000U);
  EXPECT_THAT(harness.logs.text(LogStream::note), HasSubstr("were dropped"));
}

TEST_F(Command, may_not_write_endless_files) {
  TypeHarness small([](ExecutorOptions& options) {
    allow_commands(options);
    options.command.file_bytes = 1000;
  });
  failed(small.run(script_parameters("head -c 100000 /dev/zero > big")));
  EXPECT_LE(small.directory.read("big").size(), 1000U);
}

TEST_F(Command, may_not_use_endless_memory) {
  TypeHarness small([](ExecutorOptions& options) {
    allow_commands(options);
    options.command.memory_bytes = 200 << 20;
  });
  failed(small.run(R"({"type": "command",
      "argv": ["dd", "if=/dev/zero", "of=/dev/null", "bs=500M", "count=1"]})"));
}

}  // namespace
}  // namespace carillon
