#include "paced_load.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include <deque>
#include <memory>

#include <sys/epoll.h>
#include <unistd.h>

#include "load_connection.h"

namespace carillon::bench {
namespace {

constexpr std::chrono::seconds kPatience{30};

// One kind on its way: its connections, and the time of its next request.
class Pace {
 public:
  Pace(const PacedKind& kind, Steady::time_point begin, Steady::time_point end)
      : kind_(kind),
        gap_(std::chrono::duration_cast<Steady::duration>(
            std::chrono::duration<double>(1 / kind.per_second))),
        next_(begin),
        end_(end) {}

  void add(Connection& connection) { free_.push_back(&connection); }

  [[nodiscard]] bool is_over() const { return next_ >= end_ && busy_ == 0; }

  // When something is to be sent; the far future when nothing can be.
  [[nodiscard]] Steady::time_point next() const {
    return next_ >= end_ || free_.empty() ? Steady::time_point::max() : next_;
  }

  void send_due(Steady::time_point now) {
    while (next() <= now) {
      const std::string request = kind_.next_request();
      if (!request.empty()) {
        // In turns, because the server closes connections that are idle for a minute.
        free_.front()->put(request, next_);
        free_.front()->flush();
        free_.pop_front();
        ++busy_;
      }
      next_ += gap_;
    }
  }

  void take(Connection& connection) {
    connection.receive();
    Answer answer;
    std::string_view body;
    if (!connection.next_answer(answer, body)) return;
    result.latencies_ns.push_back((Steady::now() - connection.pop_sent_at()).count());
    require(answer.status == kind_.expected_status, body.substr(0, kFaultBytes));
    if (kind_.on_answer) kind_.on_answer(body);
    free_.push_back(&connection);
    --busy_;
  }

  LoadResult result;

 private:
  const PacedKind& kind_;
  const Steady::duration gap_;
  Steady::time_point next_;
  const Steady::time_point end_;
  std::deque<Connection*> free_;
  std::size_t busy_ = 0;
};

struct Lane {
  Connection connection;
  Pace& pace;
};

class PacedOffering {
 public:
  PacedOffering(std::uint16_t port, std::span<const PacedKind> kinds, std::chrono::seconds span)
      : poll_(::epoll_create1(0)), begin_(Steady::now()), end_(begin_ + span) {
    paces_.reserve(kinds.size());
    for (const PacedKind& kind : kinds) {
      paces_.emplace_back(kind, begin_, end_);
      for (std::size_t i = 0; i < kind.connections; ++i) add_lane(port, paces_.back());
    }
  }
  ~PacedOffering() { ::close(poll_); }
  PacedOffering(const PacedOffering&) = delete;
  PacedOffering& operator=(const PacedOffering&) = delete;

  std::vector<LoadResult> run() {
    while (!std::ranges::all_of(paces_, &Pace::is_over)) {
      require(Steady::now() < end_ + kPatience, "answers are missing");
      for (Pace& pace : paces_) pace.send_due(Steady::now());
      wait_and_take();
    }
    std::vector<LoadResult> results;
    for (Pace& pace : paces_) {
      std::ranges::sort(pace.result.latencies_ns);
      pace.result.seconds = std::chrono::duration<double>(Steady::now() - begin_).count();
      results.push_back(std::move(pace.result));
    }
    return results;
  }

 private:
  void add_lane(std::uint16_t port, Pace& pace) {
    lanes_.push_back(std::unique_ptr<Lane>(new Lane{.connection = Connection(port), .pace = pace}));
    epoll_event event{.events = EPOLLIN, .data = {.ptr = lanes_.back().get()}};
    require(::epoll_ctl(poll_, EPOLL_CTL_ADD, lanes_.back()->connection.descriptor(), &event) == 0,
            "epoll refuses a socket");
    pace.add(lanes_.back()->connection);
  }

  void wait_and_take() {
    auto next = Steady::time_point::max();
    for (const Pace& pace : paces_) next = std::min(next, pace.next());
    const auto wait = std::clamp<Steady::duration>(
        next == Steady::time_point::max() ? std::chrono::seconds(1) : next - Steady::now(),
        Steady::duration(0), std::chrono::seconds(1));
    timespec limit{.tv_sec = 0, .tv_nsec = 0};
    limit.tv_sec = wait / std::chrono::seconds(1);
    limit.tv_nsec = (wait % std::chrono::seconds(1)).count();
    std::array<epoll_event, 64> events{};
    const int ready =
        ::epoll_pwait2(poll_, events.data(), static_cast<int>(events.size()), &limit, nullptr);
    require(ready >= 0, "epoll fails");
    for (int i = 0; i < ready; ++i) {
      Lane& lane = *static_cast<Lane*>(events[static_cast<std::size_t>(i)].data.ptr);
      lane.pace.take(lane.connection);
    }
  }

  const int poll_;
  const Steady::time_point begin_;
  const Steady::time_point end_;
  std::vector<Pace> paces_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace

std::vector<LoadResult> offer_paced(std::uint16_t port, std::span<const PacedKind> kinds,
                                    std::chrono::seconds span) {
  return PacedOffering(port, kinds, span).run();
}

}  // namespace carillon::bench
