#include "executors/live_attempts.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace carillon {
namespace {

// What a forced handler may still take to notice: a killed process to be reaped, a transfer to
// fail.
constexpr auto kForcedSlack = std::chrono::seconds(2);

// A third of the longest silence, so that one lost sign of life does no harm.
Tick next_heartbeat(const LiveAttempt& attempt, Tick now) {
  const auto& silence = attempt.dispatched.heartbeat;
  if (!silence) return Tick::max();
  return now + std::chrono::milliseconds(std::max<std::int64_t>(silence->ms() / 3, 100));
}

}  // namespace

bool LiveAttempts::add(const std::shared_ptr<LiveAttempt>& attempt) {
  return held_.emplace(attempt->dispatched.attempt, attempt).second;
}

std::shared_ptr<LiveAttempt> LiveAttempts::find(const AttemptId& id, Fence fence) const {
  const auto found = held_.find(id);
  if (found == held_.end() || found->second->dispatched.fence != fence) return nullptr;
  return found->second;
}

bool LiveAttempts::begin(LiveAttempt& attempt, Tick now) {
  if (attempt.phase != AttemptPhase::waiting || attempt.stop->asked()) return false;
  attempt.phase = AttemptPhase::running;
  attempt.heartbeat = next_heartbeat(attempt, now);
  return true;
}

AttemptPhase LiveAttempts::end(LiveAttempt& attempt) {
  const AttemptPhase before = std::exchange(attempt.phase, AttemptPhase::ended);
  if (before != AttemptPhase::ended) held_.erase(attempt.dispatched.attempt);
  return before;
}

void LiveAttempts::schedule_force(LiveAttempt& attempt, Tick now, Duration grace) {
  attempt.deadline = Tick::max();
  attempt.heartbeat = Tick::max();
  const Tick force = now + std::chrono::milliseconds(std::max<std::int64_t>(grace.ms(), 0));
  if (attempt.abandon == Tick::max()) attempt.force = std::min(attempt.force, force);
}

std::vector<OverdueAttempt> LiveAttempts::take_overdue(Tick now) {
  std::vector<OverdueAttempt> overdue;
  for (const auto& attempt : held_ | std::views::values) {
    if (attempt->heartbeat <= now) {
      attempt->heartbeat = next_heartbeat(*attempt, now);
      overdue.push_back({.attempt = attempt, .what = Overdue::heartbeat});
    }
    if (attempt->deadline <= now) {
      attempt->deadline = Tick::max();
      overdue.push_back({.attempt = attempt, .what = Overdue::deadline});
    }
    if (attempt->force <= now) {
      attempt->force = Tick::max();
      attempt->abandon = now + kForcedSlack;
      overdue.push_back({.attempt = attempt, .what = Overdue::force});
    }
    if (attempt->abandon <= now) {
      attempt->abandon = Tick::max();
      overdue.push_back({.attempt = attempt, .what = Overdue::abandon});
    }
  }
  return overdue;
}

Tick LiveAttempts::next() const {
  Tick earliest = Tick::max();
  for (const auto& attempt : held_ | std::views::values) {
    earliest = std::min(
        {earliest, attempt->deadline, attempt->heartbeat, attempt->force, attempt->abandon});
  }
  return earliest;
}

std::vector<std::shared_ptr<LiveAttempt>> LiveAttempts::all() const {
  const auto values = held_ | std::views::values;
  return {values.begin(), values.end()};
}

std::vector<std::shared_ptr<LiveAttempt>> LiveAttempts::waiting() const {
  std::vector<std::shared_ptr<LiveAttempt>> waiting = all();
  std::erase_if(waiting,
                [](const auto& attempt) { return attempt->phase != AttemptPhase::waiting; });
  return waiting;
}

}  // namespace carillon
