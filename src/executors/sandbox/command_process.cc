#include "executors/sandbox/command_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "executors/sandbox/sandbox_main.h"

namespace carillon {
namespace {

constexpr std::size_t kLineBytes = 8 * 1024;
constexpr int kFirstUnwantedFd = kStatusFd + 1;

std::unexpected<Error> cannot(std::string_view what, int error) {
  return fail(ErrorCode::io_failed, fmt::format("{}: {}.", what, std::strerror(error)));
}

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

// Descriptors that are handed over are moved above those they will be copied to, so that no copy
// overwrites a source.
Result<UniqueFd> moved_up(UniqueFd fd) {
  UniqueFd up(fcntl(fd.get(), F_DUPFD_CLOEXEC, kFirstUnwantedFd));
  if (!up.is_open()) return cannot("A descriptor cannot be copied", errno);
  return up;
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return cannot("A pipe cannot be made", errno);
  Pipe pipe{.read = UniqueFd(ends[0]), .write = UniqueFd(ends[1])};
  fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
  auto up = moved_up(std::move(pipe.write));
  if (!up) return std::unexpected(std::move(up.error()));
  pipe.write = std::move(*up);
  return pipe;
}

// The whole input as a file in memory: no writer that could block or be hit by SIGPIPE.
Result<UniqueFd> input_file(std::string_view input) {
  UniqueFd file(memfd_create("stdin", MFD_CLOEXEC));
  if (!file.is_open()) return cannot("Memory for the input cannot be had", errno);
  while (!input.empty()) {
    const ssize_t count = write(file.get(), input.data(), input.size());
    if (count < 0) return cannot("Memory for the input cannot be had", errno);
    input.remove_prefix(static_cast<std::size_t>(count));
  }
  lseek(file.get(), 0, SEEK_SET);
  return moved_up(std::move(file));
}

std::vector<std::string> helper_arguments(const CommandOptions& options, const CommandSpec& spec) {
  std::vector<std::string> arguments{"carillon-sandbox", std::string(kSandboxArgument)};
  arguments.push_back(fmt::format("cpu={}", options.cpu_seconds));
  arguments.push_back(fmt::format("memory={}", options.memory_bytes));
  arguments.push_back(fmt::format("file={}", options.file_bytes));
  arguments.push_back(fmt::format("files={}", options.open_files));
  arguments.push_back(fmt::format("processes={}", options.processes));
  for (const std::string& path : options.readable) arguments.push_back("read=" + path);
  // The command's environment travels as arguments: in the helper's own it could make the dynamic
  // linker load code before the sandbox stands.
  for (const std::string& variable : spec.environment) arguments.push_back("env=" + variable);
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), spec.argv.begin(), spec.argv.end());
  return arguments;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  void give(const UniqueFd& fd, int as) {
    posix_spawn_file_actions_adddup2(&actions_, fd.get(), as);
  }

  // Returns an errno, 0 for success.
  int spawn(pid_t& pid, const char* helper, char* const* argv, char* const* environment) {
    posix_spawn_file_actions_addclosefrom_np(&actions_, kFirstUnwantedFd);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);  // A group of its own, before it runs at all.
    posix_spawnattr_setflags(
        &attributes_,
        static_cast<short>(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    return posix_spawn(&pid, helper, &actions_, &attributes_, argv, environment);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::string read_all(const UniqueFd& fd) {
  std::string text;
  std::array<char, 512> chunk{};
  while (true) {
    const ssize_t count = read(fd.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

Result<std::unique_ptr<CommandProcess>> CommandProcess::start(const CommandOptions& options,
                                                              const CommandSpec& spec,
                                                              const UniqueFd& work_directory) {
  auto out = make_pipe();
  auto err = make_pipe();
  auto status = make_pipe();
  auto input = input_file(spec.input);
  UniqueFd directory(fcntl(work_directory.get(), F_DUPFD_CLOEXEC, kFirstUnwantedFd));
  if (!out || !err || !status || !input || !directory.is_open()) {
    return fail(ErrorCode::io_failed, "There are no descriptors left for a command.");
  }
  SpawnPlan plan;
  plan.give(*input, 0);
  plan.give(out->write, 1);
  plan.give(err->write, 2);
  plan.give(directory, kWorkDirectoryFd);
  plan.give(status->write, kStatusFd);
  std::vector<std::string> arguments = helper_arguments(options, spec);
  std::vector<std::string> environment{"PATH=" + options.path};
  std::unique_ptr<CommandProcess> process(new CommandProcess);
  const int error = plan.spawn(process->group_, options.helper.c_str(),
                               pointers_to(arguments).data(), pointers_to(environment).data());
  if (error != 0) {
    process->group_ = -1;
    return cannot("The sandbox cannot be started", error);
  }
  // The process cannot be reaped before this object does it, so the number is still its own.
  process->leader_ = UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, process->group_, 0)));
  process->status_ = std::move(status->read);
  process->out_ = Output{.pipe = std::move(out->read), .stream = CommandStream::out, .line = {}};
  process->err_ = Output{.pipe = std::move(err->read), .stream = CommandStream::err, .line = {}};
  process->room_ = spec.output_bytes;
  if (!process->leader_.is_open()) return cannot("The command cannot be watched", errno);
  return process;
}

CommandProcess::~CommandProcess() {
  if (group_ > 0) {
    signal_group(StopStage::forced);
    reap();
  }
}

void CommandProcess::signal_group(StopStage stage) {
  if (stage <= signalled_) return;
  signalled_ = stage;
  kill(-group_, stage == StopStage::forced ? SIGKILL : SIGTERM);
}

Result<CommandExit> CommandProcess::wait(StopSignal& stop, const OnLine& on_line) {
  watch(stop, on_line);
  CommandExit exit = reap();
  drain(out_, on_line);
  drain(err_, on_line);
  end_line(out_, on_line);
  end_line(err_, on_line);
  exit.dropped_bytes = dropped_;
  const std::string refusal = read_all(status_);
  if (!refusal.empty()) return fail(ErrorCode::not_found, refusal + ".");
  return exit;
}

// Until the leader has ended; its children do not keep an attempt alive.
void CommandProcess::watch(StopSignal& stop, const OnLine& on_line) {
  const auto wake = std::make_shared<UniqueFd>(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  stop.react([wake](StopStage) { eventfd_write(wake->get(), 1); });
  while (true) {
    signal_group(stop.stage());
    std::array<pollfd, 4> watched{{{.fd = leader_.get(), .events = POLLIN, .revents = 0},
                                   {.fd = wake->get(), .events = POLLIN, .revents = 0},
                                   {.fd = out_.pipe.get(), .events = POLLIN, .revents = 0},
                                   {.fd = err_.pipe.get(), .events = POLLIN, .revents = 0}}};
    if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) break;
    if (watched[1].revents != 0) {
      eventfd_t ignored = 0;
      eventfd_read(wake->get(), &ignored);
    }
    if (watched[2].revents != 0) drain(out_, on_line);
    if (watched[3].revents != 0) drain(err_, on_line);
    if (watched[0].revents != 0) break;
  }
  stop.stop_reacting();
}

CommandExit CommandProcess::reap() {
  siginfo_t info{};
  // Waited for without reaping, so that the group's number cannot belong to anyone else yet.
  while (waitid(P_PID, static_cast<id_t>(group_), &info, WEXITED | WNOWAIT) != 0 &&
         errno == EINTR) {
  }
  kill(-group_, SIGKILL);
  while (waitid(P_PID, static_cast<id_t>(group_), &info, WEXITED) != 0 && errno == EINTR) {
  }
  group_ = -1;
  if (info.si_code == CLD_EXITED) return CommandExit{.code = info.si_status};
  return CommandExit{.code = -1, .signal = info.si_status};
}

void CommandProcess::drain(Output& output, const OnLine& on_line) {
  std::array<char, 16 * 1024> chunk{};
  // Bounded, so that a flood on one stream hides neither the other nor a stop.
  for (int pieces = 0; pieces < 16 && output.pipe.is_open(); ++pieces) {
    const ssize_t count = read(output.pipe.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;
    if (count == 0) {
      output.pipe.reset();
      return;
    }
    take(output, {chunk.data(), static_cast<std::size_t>(count)}, on_line);
  }
}

void CommandProcess::take(Output& output, std::string_view bytes, const OnLine& on_line) {
  const std::size_t kept = std::min(bytes.size(), room_);
  dropped_ += bytes.size() - kept;
  room_ -= kept;
  for (const char c : bytes.substr(0, kept)) {
    if (c == '\n' || output.line.size() >= kLineBytes) end_line(output, on_line);
    if (c != '\n') output.line += c;
  }
}

void CommandProcess::end_line(Output& output, const OnLine& on_line) {
  const std::string line = std::exchange(output.line, {});
  std::string_view text = line;
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (!line.empty()) on_line(output.stream, text);
}

}  // namespace carillon
