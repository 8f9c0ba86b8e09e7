// IoThread: one event loop with its listening socket, its connections and their clock.
//
// mail, post, begin_stop, join and requests_total are for any thread; the rest is the loop's own.
// No lock is taken on the way of a request that is answered on the spot.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include "api/http/bounds/connection_census.h"
#include "api/http/bounds/deadline_wheel.h"
#include "api/http/listening/listener.h"
#include "api/http/request_ids.h"
#include "api/http/server.h"
#include "api/http/transport.h"
#include "ports/work_queue.h"

namespace carillon::http {

class Connection;

// What the threads of one server have in common. Outlives them.
struct ServerShared {
  explicit ServerShared(const Limits& bounds)
      : limits(bounds), census(bounds.connections_max, bounds.connections_per_address_max) {}

  const Limits limits;
  ConnectionCensus census;
  std::atomic<std::size_t> unread_bytes = 0;  // Of answers, in all connections.
  Handler handler;                            // Set before the threads start.
};

class IoThread final : public WorkQueue, public std::enable_shared_from_this<IoThread> {
 public:
  IoThread(std::shared_ptr<ServerShared> shared, AddressFamily family, OwnedDescriptor listener);
  ~IoThread() override;

  void start();
  void begin_stop(Duration deadline);
  void join();

  // Hands an answer to a connection of this thread. Dropped once the thread has ended.
  //
  // Guarantees  mail from one sender arrives in order; what arrives together is written together.
  void mail(std::shared_ptr<Connection> to, AnswerTicket ticket, Answer answer);

  // Does work on this thread. Destroyed undone once the thread has ended.
  //
  // Guarantees  the answers that works give which arrived together are written together.
  void post(Work work) override;

  // True on the thread itself.
  [[nodiscard]] bool is_current() const;

  [[nodiscard]] std::uint64_t requests_total() const {
    return requests_total_.load(std::memory_order_relaxed);
  }

  // The rest: on the thread itself only.

  [[nodiscard]] ServerShared& shared() { return *shared_; }
  void count_request() { requests_total_.fetch_add(1, std::memory_order_relaxed); }
  std::string next_request_id();
  // The Date of this second.
  std::string_view date();
  // Milliseconds of a clock that never goes back.
  [[nodiscard]] static std::int64_t now_ms();
  // Calls connection.on_deadline() once at or soon after that moment; kNever withdraws it.
  void set_deadline(Connection& connection, std::int64_t due_ms);
  static constexpr std::int64_t kNever = -1;
  // Pumps the connection behind what is in hand; false when nothing is.
  [[nodiscard]] bool pump_later(Connection& connection);
  // Lets go of a connection that has closed.
  void forget(Connection& connection);

 private:
  using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                           asio::wait_traits<std::chrono::steady_clock>,
                                           asio::io_context::executor_type>;
  struct Letter {
    std::shared_ptr<Connection> to;
    AnswerTicket ticket;
    Answer answer;
  };
  using Mail = std::variant<Letter, Work>;

  void run();
  void accept();
  void on_accepted(TcpSocket socket, const asio::ip::tcp::endpoint& peer);
  void accept_later();
  void arm_tick();
  void on_tick();
  // Takes the mail, or gives it back when the thread has ended.
  std::optional<Mail> bring(Mail mail);
  void deliver_mail();
  void stop_now(Duration deadline);
  void abort_all();
  void end_if_done();

  std::shared_ptr<ServerShared> shared_;
  asio::io_context loop_;
  TcpAcceptor acceptor_;
  Timer tick_timer_;
  Timer pause_timer_;  // Between attempts to accept while descriptors are short.
  Timer stop_timer_;
  DeadlineWheel wheel_;
  bool tick_armed_ = false;
  bool stopping_ = false;
  std::vector<std::shared_ptr<Connection>> connections_;
  RequestIds request_ids_;
  std::string date_;
  std::int64_t date_second_ = -1;
  // Of deliver_mail, which uses them again and again.
  std::vector<Mail> arrived_;
  std::vector<std::shared_ptr<Connection>> to_pump_;
  bool delivering_ = false;

  std::mutex mail_mutex_;
  std::vector<Mail> mail_;
  bool mail_closed_ = false;
  std::atomic<int> waking_ = 0;  // Threads that have brought mail and not left yet.

  std::atomic<std::uint64_t> requests_total_ = 0;
  std::thread thread_;
};

}  // namespace carillon::http
