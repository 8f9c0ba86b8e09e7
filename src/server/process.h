// What a server process does with its surroundings: signals, limits, service manager, small files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace carillon::server {

enum class Signal : std::uint8_t { stop, reload };

// Keeps TERM, INT and HUP from every thread that starts later; wait_for_signal takes them. A broken
// pipe is an error of its write, not a signal. Called before any thread starts.
void hold_signals();

// Waits for the next of them.
Signal wait_for_signal();

// A second TERM or INT ends the process at once.
void end_at_next_signal();

// As many open files as the system lets us have: connections need one each.
void raise_file_limit();

// Tells systemd, if it started us: READY=1, STOPPING=1, STATUS=…; does nothing otherwise.
void notify_service_manager(std::string_view state);

// How this program is called from here: `carillon` if that finds it, else its path.
std::string own_command();

// Errors  io_failed  with the file's name and the reason
Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max);
Result<void> write_text_file(const std::string& path, std::string_view text);

}  // namespace carillon::server
