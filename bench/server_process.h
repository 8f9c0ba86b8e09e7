// ServerProcess: the real binary on a data directory of its own, serving on a free loopback port.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace carillon::bench {

class ServerProcess {
 public:
  // Starts it and waits until it serves; throws std::runtime_error if it does not. Settings are
  // KEY=VALUE, as its option --set takes them.
  ServerProcess(const std::filesystem::path& binary, const std::filesystem::path& data,
                const std::vector<std::string>& settings = {});

  // Kills it.
  ~ServerProcess() = default;
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  // From the start of the process until its first answer.
  [[nodiscard]] double seconds_to_answer() const { return seconds_to_answer_; }

  // Processor time of the process so far.
  [[nodiscard]] double cpu_seconds() const;

  // Memory that is its own: resident, without pages of files, which the kernel may take back.
  [[nodiscard]] double anonymous_bytes() const;

  // Waits until it has nothing left to do, such as views to bring up to date. Returns the seconds
  // that took. Nobody else may ask it for anything meanwhile.
  [[nodiscard]] double wait_until_idle() const;

 private:
  // A member, so that a server which does not come up is killed as well.
  struct Child {
    pid_t id = 0;
    ~Child();
  };

  Child process_;
  std::uint16_t port_ = 0;
  double seconds_to_answer_ = 0;
};

}  // namespace carillon::bench
