// CommandProcess: one sandboxed command from its start to its end, its children included.
//
// Used by one thread, which must stay until the command has ended. Ending kills the whole process
// group before the leader is reaped, so that no child is left and no foreign group is hit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "executors/executor_options.h"
#include "executors/files/unique_fd.h"
#include "executors/stop_signal.h"

namespace carillon {

struct CommandSpec {
  std::vector<std::string> argv;
  std::vector<std::string> environment;  // NAME=value; nothing else is inherited.
  std::string input;
  std::size_t output_bytes = 1 << 20;  // Of both streams together; the rest is read and dropped.
};

struct CommandExit {
  int code = 0;
  int signal = 0;                   // 0 unless a signal ended it.
  std::uint64_t dropped_bytes = 0;  // Output past the bound.
};

enum class CommandStream : std::uint8_t { out, err };
using OnLine = std::function<void(CommandStream stream, std::string_view line)>;

class CommandProcess {
 public:
  // Starts the command in the directory.
  //
  // Errors  io_failed  no process could be made
  static Result<std::unique_ptr<CommandProcess>> start(const CommandOptions& options,
                                                       const CommandSpec& spec,
                                                       const UniqueFd& work_directory);

  CommandProcess(const CommandProcess&) = delete;
  CommandProcess& operator=(const CommandProcess&) = delete;

  // Kills and reaps what still runs.
  ~CommandProcess();

  // Passes lines on until the command has ended. `asked` sends SIGTERM to the group, `forced`
  // SIGKILL.
  //
  // Errors  not_found  the program could not be executed; the message says why
  Result<CommandExit> wait(StopSignal& stop, const OnLine& on_line);

 private:
  // A pipe's end with the part of a line that has not ended yet.
  struct Output {
    UniqueFd pipe;
    CommandStream stream = CommandStream::out;
    std::string line;
  };

  CommandProcess() = default;
  void drain(Output& output, const OnLine& on_line);
  void take(Output& output, std::string_view bytes, const OnLine& on_line);
  static void end_line(Output& output, const OnLine& on_line);
  void watch(StopSignal& stop, const OnLine& on_line);
  void signal_group(StopStage stage);
  CommandExit reap();

  pid_t group_ = -1;  // Also the leader's process id; -1 once reaped.
  UniqueFd leader_;   // pidfd.
  UniqueFd status_;
  Output out_;
  Output err_;
  std::size_t room_ = 0;
  std::uint64_t dropped_ = 0;
  StopStage signalled_ = StopStage::none;
};

}  // namespace carillon
