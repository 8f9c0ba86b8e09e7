#include "server_process.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load_client.h"

namespace carillon::bench {
namespace {

constexpr std::chrono::seconds kStartMax{60};
constexpr std::chrono::minutes kBusyMax{5};
constexpr std::chrono::milliseconds kIdleLook{100};
constexpr int kIdleLooks = 5;            // In a row.
constexpr double kIdleProcessor = 0.05;  // Of one processor.

pid_t spawn(std::vector<std::string> arguments) {
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t process = 0;
  const int failed =
      ::posix_spawn(&process, words.front(), &actions, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  require(failed == 0, "the server's program cannot be started: " + arguments.front());
  return process;
}

std::uint16_t read_port(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::uint16_t port = 0;
  in >> port;
  return port;
}

}  // namespace

ServerProcess::ServerProcess(const std::filesystem::path& binary, const std::filesystem::path& data,
                             const std::vector<std::string>& settings) {
  const std::filesystem::path port_file = data.string() + ".port";
  std::filesystem::remove(port_file);
  const auto begin = Steady::now();
  std::vector<std::string> arguments{binary,        "server",      "--data-dir",  data,
                                     "--listen",    "127.0.0.1:0", "--port-file", port_file,
                                     "--log-level", "error"};
  for (const std::string& setting : settings) {
    arguments.emplace_back("--set");
    arguments.push_back(setting);
  }
  process_.id = spawn(std::move(arguments));
  while (port_ == 0) {
    int status = 0;
    if (::waitpid(process_.id, &status, WNOHANG) != 0) {
      process_.id = 0;  // Reaped: the number may be somebody else's soon.
      require(false, "the server ended at its start");
    }
    require(Steady::now() - begin < kStartMax, "the server does not come up");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    port_ = read_port(port_file);
  }
  ask_once(port_, "/livez");
  seconds_to_answer_ = std::chrono::duration<double>(Steady::now() - begin).count();
}

ServerProcess::Child::~Child() {
  if (id == 0) return;
  int status = 0;
  if (::waitpid(id, &status, WNOHANG) != 0) {
    fmt::print(stderr, "The server had ended by itself, with wait status {:#x}.\n", status);
    return;
  }
  ::kill(id, SIGKILL);
  ::waitpid(id, nullptr, 0);
}

double ServerProcess::anonymous_bytes() const {
  std::ifstream in("/proc/" + std::to_string(process_.id) + "/status");
  std::string word;
  double kibibytes = 0;
  while (in >> word) {
    if (word == "RssAnon:") in >> kibibytes;
  }
  require(kibibytes > 0, "the server's memory cannot be read");
  return kibibytes * 1024;
}

double ServerProcess::wait_until_idle() const {
  const auto begin = Steady::now();
  auto busy_until = begin;
  double cpu = cpu_seconds();
  for (int idle = 0; idle < kIdleLooks;) {
    require(Steady::now() - begin < kBusyMax, "the server does not come to rest");
    std::this_thread::sleep_for(kIdleLook);
    const double now = cpu_seconds();
    const bool is_idle =
        now - cpu < kIdleProcessor * std::chrono::duration<double>(kIdleLook).count();
    idle = is_idle ? idle + 1 : 0;
    if (!is_idle) busy_until = Steady::now();
    cpu = now;
  }
  return std::chrono::duration<double>(busy_until - begin).count();
}

double ServerProcess::cpu_seconds() const {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process_.id, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
    return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace carillon::bench
