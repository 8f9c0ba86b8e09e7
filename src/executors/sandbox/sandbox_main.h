// The helper that becomes a command: it takes away what the command must not have, then executes
// it.
//
// Runs as a process of its own: main() passes control here when its first argument is `__sandbox`,
// before anything else is set up. Descriptor 3 is the working directory, 4 tells the parent why a
// command could not be started and closes itself when it could.
#pragma once

#include <string_view>

namespace carillon {

inline constexpr std::string_view kSandboxArgument = "__sandbox";
inline constexpr int kWorkDirectoryFd = 3;
inline constexpr int kStatusFd = 4;

// Arguments: `__sandbox`, settings as `name=value` (cpu, memory, file, files, processes; read and
// env may repeat), `--`, the command. Returns only when the command could not be executed.
int sandbox_main(int argc, char** argv);

}  // namespace carillon
