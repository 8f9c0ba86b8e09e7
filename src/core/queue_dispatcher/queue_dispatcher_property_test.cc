// Whatever a queue is told, it does what a naive queue in plain containers would have done.
#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "domain/id/derived_ids.h"
#include "domain/words.h"
#include "support/core_harness.h"

namespace carillon {
namespace {

const Key kQueue = "q";
constexpr int kTasks = 40;
constexpr int kBurst = 90;  // More than one step may grant.
constexpr Lane kLanes[] = {Lane::cpu, Lane::blocking, Lane::http};

enum class What : std::uint8_t { ready, burst, withdraw, release, credit, lose, change, forget };

// One thing that happens; what the numbers pick depends on `what`.
struct Happening {
  What what = What::ready;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;

  friend std::ostream& operator<<(std::ostream& out, const Happening& h) {
    return out << "{What(" << static_cast<int>(h.what) << "), " << h.a << ", " << h.b << ", " << h.c
               << "}";
  }
};

rc::Gen<std::vector<Happening>> any_history() {
  const auto number = rc::gen::inRange<std::uint32_t>(0, 1000);
  // Burst and forget are rare, or no queue would ever have a past.
  const auto what =
      rc::gen::element(What::ready, What::ready, What::ready, What::ready, What::burst,
                       What::withdraw, What::release, What::release, What::release, What::credit,
                       What::credit, What::lose, What::change, What::forget);
  return rc::gen::container<std::vector<Happening>>(rc::gen::build<Happening>(
      rc::gen::set(&Happening::what, what), rc::gen::set(&Happening::a, number),
      rc::gen::set(&Happening::b, number), rc::gen::set(&Happening::c, number)));
}

TaskId task_id(std::uint32_t task) { return TaskId(derived_uuid(std::to_string(task))); }

struct Attempt {
  std::uint32_t task = 0;
  std::uint64_t fence = 0;
  Lane lane = Lane::cpu;
  std::uint32_t priority = 0;

  friend bool operator==(const Attempt&, const Attempt&) = default;
};

struct Life {
  std::uint64_t epoch = 0;
  bool gone = false;
  std::map<Lane, std::uint32_t> offered;
};

struct Holder {
  std::string worker;
  std::uint64_t epoch = 0;
};

// The naive queue: no bounds, no chunks, everything in the open.
struct NaiveQueue {
  std::vector<Attempt> waiting;  // In order of arrival.
  std::vector<std::pair<Attempt, Holder>> granted;
  std::map<std::string, Life> workers;
  std::map<std::uint32_t, std::uint64_t> last_fence;
  std::optional<std::uint32_t> limit;
  bool paused = false;

  [[nodiscard]] std::uint32_t free_places(const std::string& name, Lane lane) const {
    const Life& life = workers.at(name);
    const auto offer = life.offered.find(lane);
    if (life.gone || offer == life.offered.end()) return 0;
    const auto used = std::ranges::count_if(granted, [&](const auto& entry) {
      return entry.first.lane == lane && entry.second.worker == name &&
             entry.second.epoch == life.epoch;
    });
    return offer->second - std::min(offer->second, static_cast<std::uint32_t>(used));
  }

  [[nodiscard]] std::uint32_t most_free_places(Lane lane) const {
    std::uint32_t most = 0;
    for (const auto& [name, life] : workers) most = std::max(most, free_places(name, lane));
    return most;
  }

  [[nodiscard]] const Attempt* next() const {
    if (paused || (limit && granted.size() >= *limit)) return nullptr;
    std::set<Lane> open;
    for (const Lane lane : kLanes) {
      if (most_free_places(lane) > 0) open.insert(lane);
    }
    if (open.empty()) return nullptr;
    const Attempt* next = nullptr;
    for (const Attempt& attempt : waiting) {
      if (!open.contains(attempt.lane)) continue;
      if (next == nullptr || attempt.priority > next->priority) next = &attempt;
    }
    return next;
  }

  // Attempts whose worker is gone; they are granted no more.
  std::set<std::pair<std::uint32_t, std::uint64_t>> take_lost() {
    std::set<std::pair<std::uint32_t, std::uint64_t>> lost;
    std::erase_if(granted, [&](const auto& entry) {
      const Life& life = workers.at(entry.second.worker);
      if (!life.gone && life.epoch == entry.second.epoch) return false;
      lost.emplace(entry.first.task, entry.first.fence);
      return true;
    });
    return lost;
  }
};

// Drives the real queue and the naive one side by side.
class Comparison {
 public:
  void happen(const Happening& h) {
    switch (h.what) {
      case What::ready:
        return ready(h);
      case What::burst:
        for (std::uint32_t i = 0; i < kBurst; ++i) ready({What::ready, h.a + i, h.b, h.c});
        return;
      case What::withdraw:
        return withdraw(h);
      case What::release:
        return release(h);
      case What::credit:
        return credit(h);
      case What::lose:
        return lose(h);
      case What::change:
        naive.paused = h.a % 4 == 0;
        naive.limit = h.b % 3 == 0 ? std::optional(h.c % 8) : std::nullopt;
        core.post(kQueue, QueueChanged{.concurrency_max = naive.limit, .paused = naive.paused});
        return;
      case What::forget:
        return forget(h.a % kTasks);
    }
  }

  // Runs the real queue and holds what it did against what the naive one would do.
  void compare() {
    core.run();
    RC_ASSERT(core.complaints().empty());
    std::set<std::pair<std::uint32_t, std::uint64_t>> lost;
    for (const auto& [key, attempt] : core.sent_of<AttemptLost>()) {
      RC_ASSERT(lost.emplace(task_of(key), attempt.fence.value()).second);
    }
    RC_ASSERT(lost == naive.take_lost());
    for (const auto& [key, grant] : core.sent_of<AttemptGranted>()) expect_next(key, grant);
    RC_ASSERT(naive.next() == nullptr);
    core.forget_effects();
  }

  // Withdraws and releases all, then expects that nothing but fences and the header is left.
  void empty() {
    for (const Attempt& attempt : naive.waiting) {
      core.post(kQueue, RunWithdrawn{.task = task_id(attempt.task), .fence = Fence(attempt.fence)});
    }
    naive.waiting.clear();
    for (const auto& [attempt, holder] : naive.granted) {
      core.post(kQueue, RunReleased{.task = task_id(attempt.task), .fence = Fence(attempt.fence)});
    }
    naive.granted.clear();
    compare();
    RC_ASSERT(core.states().size() <= 1 + naive.last_fence.size());
  }

  CoreHarness core{{.operators = {OperatorName::queue_dispatcher}, .delivery = Delivery::twice}};
  NaiveQueue naive;

 private:
  void ready(const Happening& h) {
    const std::uint32_t task = h.a % kTasks;
    std::uint64_t& last = naive.last_fence[task];
    const Attempt attempt{.task = task,
                          .fence = last + 1 + h.b % 2,
                          .lane = kLanes[h.b % 3],
                          .priority = h.c % 3 * 4};
    last = attempt.fence;
    naive.waiting.push_back(attempt);
    core.post(kQueue, RunReady{.task = task_id(task),
                               .fence = Fence(attempt.fence),
                               .lane = attempt.lane,
                               .priority = attempt.priority});
  }

  void withdraw(const Happening& h) {
    Attempt attempt{.task = h.a % kTasks, .fence = h.b % 9};
    if (!naive.waiting.empty() && h.c % 4 != 0) attempt = naive.waiting[h.a % naive.waiting.size()];
    std::erase_if(naive.waiting, [&](const Attempt& other) {
      return other.task == attempt.task && other.fence == attempt.fence;
    });
    core.post(kQueue, RunWithdrawn{.task = task_id(attempt.task), .fence = Fence(attempt.fence)});
  }

  void release(const Happening& h) {
    Attempt attempt{.task = h.a % kTasks, .fence = h.b % 9};
    if (!naive.granted.empty() && h.c % 4 != 0) {
      attempt = naive.granted[h.a % naive.granted.size()].first;
    }
    std::erase_if(naive.granted, [&](const auto& other) {
      return other.first.task == attempt.task && other.first.fence == attempt.fence;
    });
    core.post(kQueue, RunReleased{.task = task_id(attempt.task), .fence = Fence(attempt.fence)});
  }

  void credit(const Happening& h) {
    const std::string name = "w" + std::to_string(h.a % 3);
    Life& life = naive.workers[name];
    const std::uint64_t epoch = std::max<std::uint64_t>(1, life.epoch + h.b % 4 / 2 - h.b % 5 / 4);
    // Now and then a worker offers enough for a burst.
    const std::uint32_t places = h.b % 7 == 0 ? kBurst : h.c % 4;
    WorkerCredit offer{.worker = WorkerName(name), .epoch = BootEpoch(epoch)};
    for (const Lane lane : kLanes) offer.lanes.push_back({lane, places + h.c % 2});
    core.post(kQueue, offer);
    if (epoch < life.epoch || (epoch == life.epoch && life.gone)) return;
    life = {.epoch = epoch};
    for (const LaneSlots& lane : offer.lanes) life.offered[lane.lane] = lane.slots;
  }

  void lose(const Happening& h) {
    const std::string name = "w" + std::to_string(h.a % 3);
    const auto life = naive.workers.find(name);
    const std::uint64_t known = life == naive.workers.end() ? 1 : life->second.epoch;
    const std::uint64_t epoch = known + h.b % 3 - std::min<std::uint64_t>(known, 1);
    core.post(kQueue, WorkerLost{.worker = WorkerName(name), .epoch = BootEpoch(epoch)});
    if (life != naive.workers.end() && life->second.epoch <= epoch) life->second.gone = true;
  }

  void forget(std::uint32_t task) {
    std::erase_if(naive.waiting, [&](const Attempt& attempt) { return attempt.task == task; });
    std::erase_if(naive.granted, [&](const auto& entry) { return entry.first.task == task; });
    core.post(kQueue, RunReleased{.task = task_id(task), .forget = true});
  }

  void expect_next(const Key& key, const AttemptGranted& grant) {
    const Attempt* next = naive.next();
    RC_ASSERT(next != nullptr);
    RC_ASSERT(task_of(key) == next->task);
    RC_ASSERT(grant.fence.value() == next->fence);
    const std::string& worker = grant.worker.value();
    RC_ASSERT(naive.free_places(worker, next->lane) == naive.most_free_places(next->lane));
    RC_ASSERT(naive.workers.at(worker).epoch == grant.epoch.value());
    const Attempt attempt = *next;
    std::erase(naive.waiting, attempt);
    naive.granted.emplace_back(attempt, Holder{.worker = worker, .epoch = grant.epoch.value()});
  }

  static std::uint32_t task_of(const Key& key) {
    static const auto kNumbers = [] {
      std::map<Key, std::uint32_t> numbers;
      for (std::uint32_t task = 0; task < kTasks; ++task) {
        numbers.emplace(task_id(task).value().raw(), task);
      }
      return numbers;
    }();
    return kNumbers.at(key);
  }
};

TEST(QueueDispatcherProperty, does_what_a_naive_queue_would_do) {
  EXPECT_TRUE(rc::check([] {
    const auto history = *rc::gen::scale(0.5, any_history());
    Comparison comparison;
    for (const Happening& happening : history) {
      comparison.happen(happening);
      comparison.compare();
    }
    comparison.empty();
  }));
}

TEST(QueueDispatcherProperty, gives_the_same_bytes_for_the_same_records) {
  EXPECT_TRUE(rc::check([] {
    const auto history = *rc::gen::scale(0.25, any_history());
    Comparison first;
    Comparison second;
    for (const Happening& happening : history) {
      for (Comparison* comparison : {&first, &second}) {
        comparison->happen(happening);
        comparison->core.run();
        RC_ASSERT(comparison->core.complaints().empty());
      }
      RC_ASSERT(first.core.sent() == second.core.sent());
      first.compare();
      second.compare();
    }
    RC_ASSERT(first.core.states() == second.core.states());
  }));
}

}  // namespace
}  // namespace carillon
