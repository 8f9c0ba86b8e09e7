#include "api/http/io_thread.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <random>
#include <utility>

#include <boost/asio/post.hpp>

#include "api/http/connection.h"
#include "api/http/response_writer.h"
#include "ports/thread_name.h"

namespace carillon::http {
namespace {

// Time-outs are seconds; finer ticks would only wake the thread more often.
constexpr std::int64_t kTickMs = 50;

thread_local const IoThread* current_thread = nullptr;

std::uint64_t random_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

std::int64_t unix_ms() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);  // A few nanoseconds; exact to a timer interrupt.
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

IoThread::IoThread(std::shared_ptr<ServerShared> shared, AddressFamily family,
                   OwnedDescriptor listener)
    : shared_(std::move(shared)),
      loop_(1),  // One thread runs it, which spares Asio most of its locks.
      acceptor_(loop_),
      tick_timer_(loop_),
      pause_timer_(loop_),
      stop_timer_(loop_),
      request_ids_(random_seed()) {
  acceptor_.assign(family == AddressFamily::ipv4 ? asio::ip::tcp::v4() : asio::ip::tcp::v6(),
                   listener.release());
}

IoThread::~IoThread() = default;

void IoThread::start() {
  accept();
  thread_ = std::thread([this] {
    name_this_thread("http-io");
    run();
  });
}

void IoThread::begin_stop(Duration deadline) {
  asio::post(loop_, [this, deadline] { stop_now(deadline); });
}

void IoThread::join() {
  if (thread_.joinable()) thread_.join();
}

void IoThread::mail(std::shared_ptr<Connection> to, AnswerTicket ticket, Answer answer) {
  const auto refused =
      bring(Letter{.to = std::move(to), .ticket = ticket, .answer = std::move(answer)});
  if (refused) discard(std::get<Letter>(*refused).answer);
}

void IoThread::post(Work work) { bring(std::move(work)); }

std::optional<IoThread::Mail> IoThread::bring(Mail mail) {
  std::unique_lock lock(mail_mutex_);
  if (mail_closed_) return mail;
  const bool is_first = mail_.empty();
  mail_.push_back(std::move(mail));
  if (!is_first) return std::nullopt;
  // One wake-up for all that gathers until the thread looks, and it finds the lock free.
  ++waking_;
  lock.unlock();
  asio::post(loop_, [this] { deliver_mail(); });
  --waking_;
  return std::nullopt;
}

bool IoThread::is_current() const { return current_thread == this; }

std::string IoThread::next_request_id() {
  return request_ids_.next(Instant::from_unix_ms(unix_ms()));
}

std::string_view IoThread::date() {
  const std::int64_t second = unix_ms() / 1000;
  if (second != date_second_) {
    date_ = imf_fixdate(second);
    date_second_ = second;
  }
  return date_;
}

std::int64_t IoThread::now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

void IoThread::set_deadline(Connection& connection, std::int64_t due_ms) {
  if (due_ms == kNever) {
    wheel_.set(connection, DeadlineWheel::kNever);
    return;
  }
  wheel_.set(connection, static_cast<std::uint64_t>((due_ms + kTickMs - 1) / kTickMs));
  if (!tick_armed_) arm_tick();
}

void IoThread::forget(Connection& connection) {
  const std::size_t place = connection.registry_place();
  std::swap(connections_[place], connections_.back());
  connections_[place]->set_registry_place(place);
  connections_.pop_back();
  end_if_done();
}

void IoThread::run() {
  current_thread = this;
  loop_.run();
  // Mail that comes from now on has no connection to go to.
  std::vector<Mail> undelivered;
  {
    const std::lock_guard lock(mail_mutex_);
    mail_closed_ = true;
    undelivered.swap(mail_);
  }
  // Whoever has brought mail may still be about to wake this thread.
  while (waking_.load() > 0) std::this_thread::yield();
  for (const Mail& mail : undelivered) {
    if (const auto* letter = std::get_if<Letter>(&mail)) discard(letter->answer);
  }
  current_thread = nullptr;
}

void IoThread::accept() {
  auto peer = std::make_unique<asio::ip::tcp::endpoint>();
  auto& endpoint = *peer;
  acceptor_.async_accept(
      endpoint, [this, peer = std::move(peer)](boost::system::error_code error, TcpSocket socket) {
        if (stopping_ || error == asio::error::operation_aborted) return;
        if (error == asio::error::no_descriptors || error == asio::error::no_memory ||
            error == asio::error::no_buffer_space) {
          accept_later();
          return;
        }
        if (!error) on_accepted(std::move(socket), *peer);
        accept();
      });
}

void IoThread::on_accepted(TcpSocket socket, const asio::ip::tcp::endpoint& peer) {
  const std::string address = peer.address().to_string();
  const Admission admission = shared_->census.enter(address);
  // Those that are refused get an answer, unless they are so many that answering would hurt.
  constexpr std::size_t kRefusalsMax = 256;
  if (admission != Admission::admitted &&
      connections_.size() >= shared_->limits.connections_max + kRefusalsMax) {
    return;
  }
  const auto connection =
      std::make_shared<Connection>(shared_from_this(), Transport(std::move(socket)), address);
  connection->set_registry_place(connections_.size());
  connections_.push_back(connection);
  connection->start(admission);
}

// Without a pause the loop would spin, since the waiting client stays acceptable.
void IoThread::accept_later() {
  pause_timer_.expires_after(std::chrono::milliseconds(100));
  pause_timer_.async_wait([this](boost::system::error_code error) {
    if (!error && !stopping_) accept();
  });
}

void IoThread::arm_tick() {
  tick_armed_ = true;
  tick_timer_.expires_after(std::chrono::milliseconds(kTickMs));
  tick_timer_.async_wait([this](boost::system::error_code) { on_tick(); });
}

void IoThread::on_tick() {
  tick_armed_ = false;
  const auto now = static_cast<std::uint64_t>(now_ms() / kTickMs);
  while (DeadlineWheel::Deadline* due = wheel_.next_due(now)) {
    static_cast<Connection*>(due)->on_deadline();
  }
  if (!wheel_.empty() && !tick_armed_) arm_tick();
}

void IoThread::deliver_mail() {
  {
    const std::lock_guard lock(mail_mutex_);
    arrived_.swap(mail_);
  }
  delivering_ = true;
  for (Mail& mail : arrived_) {
    if (auto* letter = std::get_if<Letter>(&mail)) {
      letter->to->take(letter->ticket, std::move(letter->answer));
      to_pump_.push_back(std::move(letter->to));
    } else {
      std::get<Work>(mail)();
    }
  }
  delivering_ = false;
  arrived_.clear();
  // Only now, so that all answers for one connection leave in one write.
  for (const auto& connection : to_pump_) connection->pump();
  to_pump_.clear();
}

bool IoThread::pump_later(Connection& connection) {
  if (delivering_) to_pump_.push_back(connection.shared_from_this());
  return delivering_;
}

void IoThread::stop_now(Duration deadline) {
  if (stopping_) return;
  stopping_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_timer_.cancel();
  stop_timer_.expires_after(std::chrono::milliseconds(deadline.ms()));
  stop_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) abort_all();
  });
  // A copy, since those without work leave the registry at once.
  const auto connections = connections_;
  for (const auto& connection : connections) connection->begin_drain();
  end_if_done();
}

void IoThread::abort_all() {
  const auto connections = connections_;
  for (const auto& connection : connections) connection->close();
}

// Without timers, acceptor and connections the loop runs out of work, and so the thread ends.
void IoThread::end_if_done() {
  if (!stopping_ || !connections_.empty()) return;
  tick_timer_.cancel();
  stop_timer_.cancel();
}

}  // namespace carillon::http
