#include "stored_tasks.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "load_client.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kBatchTasks = 100;
constexpr std::size_t kConnections = 8;
constexpr std::size_t kRareEach = 1'000;
constexpr Instant kFarAway = Instant::from_unix_ms(5'680'281'600'000);  // 2150-01-01.

// Brings a task to about 500 bytes.
constexpr std::string_view kDescription =
    "Sums the orders of the last day and compares the sums with those of the week before, then "
    "writes both into the table that the morning report reads. When it fails, run it again by "
    "hand.";

std::string pending_task(std::size_t number) {
  return fmt::format(R"({{"name":"rollup of region {} part n{}","description":"{}","runAt":"{}",)"
                     R"("createdBy":"bench","maxRetries":3,"retryDelayMs":5000,"tags":["{}","{}"],)"
                     R"("parameters":{{"type":"noop"}}}})",
                     number % 50, number, kDescription,
                     to_rfc3339(kFarAway + Duration::seconds(static_cast<std::int64_t>(number))),
                     number % 2 == 0 ? "etl" : "sales", number % kRareEach == 0 ? "rare" : "usual");
}

}  // namespace

double create_pending(std::uint16_t port, std::size_t first, std::size_t count) {
  std::size_t next = first;
  const auto next_batch = [&] {
    std::string body = R"({"tasks":[)";
    for (std::size_t i = 0; i < kBatchTasks; ++i) {
      if (i > 0) body.push_back(',');
      body += pending_task(next++);
    }
    return request_bytes("/api/v1/tasks:batch?schedule=true", body + "]}");
  };
  return offer_load(port, {.connections = kConnections,
                           .requests = (count + kBatchTasks - 1) / kBatchTasks,
                           .next_request = next_batch,
                           .expected_status = 201})
      .seconds;
}

std::size_t pending_task_bytes() { return pending_task(500'000).size(); }

StoredTasks::StoredTasks(std::filesystem::path binary, std::filesystem::path data)
    : binary_(std::move(binary)), data_(std::move(data)) {}

ServerProcess& StoredTasks::at_least(std::size_t count) {
  if (!server_) server_ = std::make_unique<ServerProcess>(binary_, data_);
  if (count_ < count) {
    fill_seconds_ += create_pending(server_->port(), count_, count - count_);
    settle_seconds_ = server_->wait_until_idle();
    count_ = count;
  }
  return *server_;
}

ServerProcess& StoredTasks::restart(const std::vector<std::string>& settings) {
  server_.reset();
  server_ = std::make_unique<ServerProcess>(binary_, data_, settings);
  return *server_;
}

}  // namespace carillon::bench
