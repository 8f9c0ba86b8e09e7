#include "api/reader_pool.h"

#include <utility>

#include "ports/thread_name.h"

namespace carillon::api {
namespace {

// What a handler throws costs one answer, as on the transport's threads: the responder that is
// dropped on the way says 500.
void run_handler(Exchange exchange) {
  const RouteHandler handler = exchange.route().handler;
  try {
    handler(std::move(exchange));
  } catch (...) {
    return;
  }
}

}  // namespace

ReaderPool::ReaderPool(ReaderPoolOptions options) : waiting_max_(options.waiting_max) {
  for (unsigned i = 0; i < options.threads; ++i)
    threads_.emplace_back([this] {
      name_this_thread("reads");
      work();
    });
}

ReaderPool::~ReaderPool() { stop(); }

void ReaderPool::run(Exchange exchange) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && waiting_.size() < waiting_max_) {
      waiting_.push_back(std::move(exchange));
      has_work_.notify_one();
      return;
    }
  }
  exchange.refuse(Error{.code = ErrorCode::overloaded,
                        .message = "Too many reads are waiting.",
                        .hint = "Try again shortly."});
}

void ReaderPool::stop() {
  std::deque<Exchange> left;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    left.swap(waiting_);
  }
  has_work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  for (Exchange& exchange : left) {
    exchange.refuse(
        Error{.code = ErrorCode::shutting_down, .message = "The server is shutting down."});
  }
}

void ReaderPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    has_work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Exchange exchange = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    run_handler(std::move(exchange));
    lock.lock();
  }
}

}  // namespace carillon::api
