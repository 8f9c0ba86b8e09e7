// ReaderPool: threads for handlers that may wait for a view or a file. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "api/exchange.h"

namespace carillon::api {

struct ReaderPoolOptions {
  unsigned threads = 2;
  std::size_t waiting_max = 1024;
};

class ReaderPool {
 public:
  explicit ReaderPool(ReaderPoolOptions options);
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;
  ~ReaderPool();

  // Runs the handler of the exchange's route later, or answers that there is too much to do.
  void run(Exchange exchange);

  // Ends the threads; what still waits is answered with shutting_down. Repeating it is a no-op.
  void stop();

 private:
  void work();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::deque<Exchange> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace carillon::api
