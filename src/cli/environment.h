// CliEnvironment: everything the command line reads from or does to its process, as values and
// functions, so that a test can be the process. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "cli/failure.h"
#include "cli/rest/http_client.h"
#include "cli/rest/rest_port.h"
#include "cli/server_commands.h"

namespace carillon::cli {

enum class Device : std::uint8_t { pipe, terminal };

struct CliEnvironment {
  std::function<void(std::string_view)> out;                          // Standard output.
  std::function<void(std::string_view)> err;                          // Standard error.
  std::function<std::optional<std::string>()> read_line;              // One line of standard input.
  std::function<CliResult<std::string>(std::string_view)> read_file;  // "-" is standard input.
  std::function<std::optional<std::string>(std::string_view)> variable;
  std::function<Instant()> now;
  std::function<void(Duration)> pause;     // Returns early when interrupted.
  std::function<void()> catch_interrupts;  // From now on a first Ctrl-C is noted, not fatal.
  std::function<bool()> interrupted;
  std::function<std::unique_ptr<RestPort>(HttpClientOptions)> connect;
  Device output = Device::pipe;
  Device input = Device::pipe;
  std::size_t columns = 0;  // Of the terminal; 0: unknown.
  ServerCommands server;
};

// The environment of this process, with libcurl behind connect and no server hooks.
CliEnvironment process_environment();

}  // namespace carillon::cli
