// What an operator may set about executors: places, roots, what may be reached. Plain values;
// reading them from a configuration is the server's work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.h"

namespace carillon {

struct LaneOptions {
  std::uint32_t cpu_threads = 0;  // 0 means one per core.
  std::uint32_t blocking_threads = 32;
  std::uint32_t http_transfers = 256;
};

struct FileOptions {
  std::string data_root;           // Relative paths of tasks lie here; made when it is missing.
  std::vector<std::string> roots;  // Further directories that tasks may name by absolute path.
};

struct NetworkOptions {
  // Addresses that are not public and may be reached all the same: CIDR blocks (`10.1.0.0/16`),
  // single addresses, or host names whose addresses are then not judged.
  std::vector<std::string> allow;
  Duration timeout_max = Duration::hours(1);
  std::size_t answer_bytes = 1 << 20;
};

enum class Availability : std::uint8_t { off, on };

struct CommandOptions {
  Availability availability = Availability::off;
  // The program that applies the limits and then becomes the command: this program itself, which
  // must pass `__sandbox` to sandbox_main().
  std::string helper = "/proc/self/exe";
  std::string path = "/usr/local/bin:/usr/bin:/bin";
  std::uint64_t cpu_seconds = 3600;
  std::uint64_t memory_bytes = std::uint64_t{4} << 30;
  std::uint64_t file_bytes = std::uint64_t{1} << 30;
  std::uint64_t open_files = 256;
  std::uint64_t processes = 4096;  // Of the whole user, as the kernel counts them.
  // Directories that a command may read and execute from, besides its working directory.
  std::vector<std::string> readable = {"/usr",   "/bin", "/sbin", "/lib",
                                       "/lib64", "/etc", "/proc", "/opt"};
};

struct SmtpOptions {
  std::string url;  // smtp://host:port or smtps://host:port; empty means no e-mail.
  std::string from;
  std::string user;
  std::string password;
};

struct DatabaseOptions {
  std::uint64_t size_bytes = std::uint64_t{1} << 30;  // Of one attempt's private database.
};

struct ExecutorOptions {
  LaneOptions lanes;
  FileOptions files;
  NetworkOptions network;
  CommandOptions command;
  SmtpOptions smtp;
  DatabaseOptions database;
};

}  // namespace carillon
