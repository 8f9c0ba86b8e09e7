#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/environment.h"

namespace carillon::cli {
namespace {

volatile sig_atomic_t interrupt_noted = 0;

void note_interrupt(int /*signal*/) { interrupt_noted = 1; }

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // The reader is gone, as in `carillon task list | head`.
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::optional<std::string> read_line_of_input() {
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

CliResult<std::string> read_whole(std::string_view path) {
  const bool is_input = path == "-";
  const std::string name(path);
  std::FILE* file = is_input ? stdin : std::fopen(name.c_str(), "rbe");
  if (file == nullptr) {
    return give_up(ExitCode::usage, fmt::format("The file '{}' cannot be read.", path));
  }
  std::string text;
  char chunk[16384];
  std::size_t got = 0;
  while ((got = std::fread(chunk, 1, sizeof(chunk), file)) > 0) text.append(chunk, got);
  const bool broken = std::ferror(file) != 0;
  if (!is_input) std::fclose(file);
  if (broken) return give_up(ExitCode::failed, fmt::format("Reading '{}' failed.", path));
  return text;
}

std::optional<std::string> variable_of_process(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Instant wall_clock() {
  using std::chrono::milliseconds;
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_unix_ms(std::chrono::duration_cast<milliseconds>(since_epoch).count());
}

void catch_first_interrupt() {
  struct sigaction action{};
  action.sa_handler = note_interrupt;
  // The second Ctrl-C finds the default action and ends the process at once.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
}

std::size_t columns_of_terminal() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace

CliEnvironment process_environment() {
  const auto device = [](int descriptor) {
    return isatty(descriptor) != 0 ? Device::terminal : Device::pipe;
  };
  return CliEnvironment{
      .out = [](std::string_view text) { write_all(STDOUT_FILENO, text); },
      .err = [](std::string_view text) { write_all(STDERR_FILENO, text); },
      .read_line = read_line_of_input,
      .read_file = read_whole,
      .variable = variable_of_process,
      .now = wall_clock,
      // poll returns early on a signal, where sleeping functions would sleep on.
      .pause = [](Duration span) { ::poll(nullptr, 0, static_cast<int>(span.ms())); },
      .catch_interrupts = catch_first_interrupt,
      .interrupted = [] { return interrupt_noted != 0; },
      .connect = [](HttpClientOptions options) -> std::unique_ptr<RestPort> {
        return std::make_unique<HttpClient>(std::move(options));
      },
      .output = device(STDOUT_FILENO),
      .input = device(STDIN_FILENO),
      .columns = columns_of_terminal(),
  };
}

}  // namespace carillon::cli
