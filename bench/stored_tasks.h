// StoredTasks: a server with very many pending tasks, filled once and shared by all the figures
// that need one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "server_process.h"

namespace carillon::bench {

// Creates that many tasks of about 500 bytes through the API, armed for a time far away and each
// at another second, in batches of 100, 8 requests in flight. Returns the seconds that took. The
// numbers of the tasks are in their names and begin with first. Every thousandth has the tag
// `rare`.
double create_pending(std::uint16_t port, std::size_t first, std::size_t count);

// The bytes of one such task in a request.
std::size_t pending_task_bytes();

class StoredTasks {
 public:
  StoredTasks(std::filesystem::path binary, std::filesystem::path data);

  // Starts the server if there is none, and creates what it lacks to that many tasks; then the
  // views are caught up and the server is idle.
  ServerProcess& at_least(std::size_t count);

  // Kills the server and starts it anew on the same data.
  ServerProcess& restart(const std::vector<std::string>& settings = {});

  [[nodiscard]] const std::filesystem::path& data() const { return data_; }
  [[nodiscard]] double fill_seconds() const { return fill_seconds_; }

  // From the last answer of the filling until the server was idle.
  [[nodiscard]] double settle_seconds() const { return settle_seconds_; }

 private:
  const std::filesystem::path binary_;
  const std::filesystem::path data_;
  std::unique_ptr<ServerProcess> server_;
  std::size_t count_ = 0;
  double fill_seconds_ = 0;
  double settle_seconds_ = 0;
};

}  // namespace carillon::bench
