#include "executors/sandbox/sandbox_main.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "executors/sandbox/confinement.h"

namespace carillon {
namespace {

constexpr int kNotExecuted = 127;
constexpr std::uint64_t kLastCpuSeconds = 5;  // Between the first signal and the kill.

struct Settings {
  std::uint64_t cpu_seconds = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t processes = 0;
  std::vector<std::string> readable;
  std::vector<std::string> environment;
  char** command = nullptr;
};

[[noreturn]] void give_up(std::string_view why) {
  // Nobody else can be told when this fails.
  static_cast<void>(!write(kStatusFd, why.data(), why.size()));
  _exit(kNotExecuted);
}

void read_setting(Settings& settings, char* text) {
  const std::string_view setting(text);
  const std::size_t equals = setting.find('=');
  if (equals == std::string_view::npos) give_up("A sandbox setting has no value.");
  const std::string_view name = setting.substr(0, equals);
  if (name == "read") {
    settings.readable.emplace_back(setting.substr(equals + 1));
    return;
  }
  if (name == "env") {
    settings.environment.emplace_back(text + equals + 1);
    return;
  }
  std::uint64_t number = 0;
  std::from_chars(text + equals + 1, text + setting.size(), number);
  if (name == "cpu") settings.cpu_seconds = number;
  if (name == "memory") settings.memory_bytes = number;
  if (name == "file") settings.file_bytes = number;
  if (name == "files") settings.open_files = number;
  if (name == "processes") settings.processes = number;
}

Settings read_settings(int argc, char** argv) {
  Settings settings;
  int at = 2;
  for (; at < argc && std::string_view(argv[at]) != "--"; ++at) read_setting(settings, argv[at]);
  if (at + 1 >= argc) give_up("The sandbox was given no command.");
  settings.command = argv + at + 1;
  return settings;
}

// Lowers a limit; one that the operator has set lower already stays. 0 leaves it alone.
void limit(__rlimit_resource resource, std::uint64_t soft, std::uint64_t hard) {
  rlimit now{};
  if (soft == 0 && resource != RLIMIT_CORE) return;
  if (getrlimit(resource, &now) != 0) give_up("A resource limit cannot be read.");
  const rlimit lower{.rlim_cur = std::min<rlim_t>(soft, now.rlim_max),
                     .rlim_max = std::min<rlim_t>(hard, now.rlim_max)};
  if (setrlimit(resource, &lower) != 0) give_up("A resource limit cannot be set.");
}

// Enters the working directory and tells the command about it.
void enter_work_directory(Settings& settings) {
  std::array<char, PATH_MAX> path{};
  if (fchdir(kWorkDirectoryFd) != 0 || getcwd(path.data(), path.size()) == nullptr) {
    give_up("The working directory cannot be entered.");
  }
  settings.environment.push_back(fmt::format("HOME={}", path.data()));
  settings.environment.push_back(fmt::format("TMPDIR={}", path.data()));
}

void require(const Result<void>& done) {
  if (!done) give_up(done.error().message);
}

}  // namespace

int sandbox_main(int argc, char** argv) {
  Settings settings = read_settings(argc, argv);
  // The command must not outlive a server that was killed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  umask(027);
  enter_work_directory(settings);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up("no_new_privs cannot be set.");
  require(confine_files(settings.readable, kWorkDirectoryFd));
  require(stay_in_group());
  fcntl(kWorkDirectoryFd, F_SETFD, FD_CLOEXEC);
  fcntl(kStatusFd, F_SETFD, FD_CLOEXEC);
  const std::string not_executed = fmt::format("{} cannot be executed: ", settings.command[0]);
  std::vector<char*> environment;
  for (std::string& variable : settings.environment) environment.push_back(variable.data());
  environment.push_back(nullptr);
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_CPU, settings.cpu_seconds, settings.cpu_seconds + kLastCpuSeconds);
  limit(RLIMIT_FSIZE, settings.file_bytes, settings.file_bytes);
  limit(RLIMIT_NOFILE, settings.open_files, settings.open_files);
  limit(RLIMIT_NPROC, settings.processes, settings.processes);
  // Last, because this process itself may already use more address space than a command may.
  limit(RLIMIT_AS, settings.memory_bytes, settings.memory_bytes);
  execvpe(settings.command[0], settings.command, environment.data());
  static_cast<void>(!write(kStatusFd, not_executed.data(), not_executed.size()));
  give_up(std::strerror(errno));
}

}  // namespace carillon
