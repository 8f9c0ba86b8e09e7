#include "domain/plan/schedule_plan.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/plan/cron_slots.h"

namespace carillon {
namespace {

constexpr Duration kMillisecond = Duration::milliseconds(1);

// One row of functions per kind of schedule; all ranges are half-open, [from, to).

std::optional<PlannedSlot> first_slot(const CronSchedule& schedule, Instant from, Instant to) {
  return first_cron_slot(schedule, from, to, SlotFilter::every);
}
std::optional<PlannedSlot> last_slot(const CronSchedule& schedule, Instant from, Instant to) {
  return last_cron_slot(schedule, from, to);
}
std::optional<PlannedSlot> first_running(const CronSchedule& schedule, Instant from, Instant to) {
  return first_cron_slot(schedule, from, to, SlotFilter::running);
}
std::uint64_t count(const CronSchedule& schedule, Instant from, Instant to) {
  return count_running_cron_slots(schedule, from, to);
}

std::optional<PlannedSlot> first_slot(const EverySchedule& schedule, Instant from, Instant to) {
  const std::int64_t behind = std::max<std::int64_t>((from - schedule.anchor).ms(), 0);
  const std::int64_t every = schedule.every.ms();
  const std::int64_t steps = behind / every + (behind % every == 0 ? 0 : 1);
  const Instant nominal = schedule.anchor + Duration::milliseconds(steps * every);
  if (nominal >= to) return std::nullopt;
  return PlannedSlot{.nominal = nominal};
}
std::optional<PlannedSlot> last_slot(const EverySchedule& schedule, Instant from, Instant to) {
  const std::int64_t behind = (to - kMillisecond - schedule.anchor).ms();
  if (behind < 0) return std::nullopt;
  const std::int64_t every = schedule.every.ms();
  const Instant nominal = schedule.anchor + Duration::milliseconds(behind / every * every);
  if (nominal < from) return std::nullopt;
  return PlannedSlot{.nominal = nominal};
}
std::optional<PlannedSlot> first_running(const EverySchedule& schedule, Instant from, Instant to) {
  return first_slot(schedule, from, to);
}
std::uint64_t count(const EverySchedule& schedule, Instant from, Instant to) {
  const std::optional<PlannedSlot> first = first_slot(schedule, from, to);
  const std::optional<PlannedSlot> last = last_slot(schedule, from, to);
  if (!first || !last) return 0;
  const std::int64_t span = (last->nominal - first->nominal).ms();
  return static_cast<std::uint64_t>(span / schedule.every.ms()) + 1;
}

std::optional<PlannedSlot> first_slot(const SingleSchedule& schedule, Instant from, Instant to) {
  if (schedule.at < from || schedule.at >= to) return std::nullopt;
  return PlannedSlot{.nominal = schedule.at};
}
std::optional<PlannedSlot> last_slot(const SingleSchedule& schedule, Instant from, Instant to) {
  return first_slot(schedule, from, to);
}
std::optional<PlannedSlot> first_running(const SingleSchedule& schedule, Instant from, Instant to) {
  return first_slot(schedule, from, to);
}
std::uint64_t count(const SingleSchedule& schedule, Instant from, Instant to) {
  return first_slot(schedule, from, to) ? 1 : 0;
}

void check_spec(const PlanSpec& spec) {
  if (const auto* cron = std::get_if<CronSchedule>(&spec.schedule)) {
    CARILLON_CHECK(cron->zone != nullptr && !cron->crons.empty());
  }
  if (const auto* every = std::get_if<EverySchedule>(&spec.schedule)) {
    CARILLON_CHECK(every->every > Duration{});
  }
}

}  // namespace

SchedulePlan::SchedulePlan(PlanSpec spec)
    : spec_(std::move(spec)),
      begin_(std::max(spec_.start_at.value_or(Instant{}), Instant{})),
      end_(std::min(spec_.end_at.value_or(kInstantMax), kInstantMax) + kMillisecond) {
  check_spec(spec_);
}

std::optional<PlannedSlot> SchedulePlan::next(Instant after) const {
  const Instant from = std::max(after + kMillisecond, begin_);
  if (from >= end_) return std::nullopt;
  return std::visit([&](const auto& schedule) { return first_slot(schedule, from, end_); },
                    spec_.schedule);
}

std::optional<PlannedSlot> SchedulePlan::previous(Instant at, Instant floor) const {
  const Instant from = std::max(floor + kMillisecond, begin_);
  const Instant to = std::min(at + kMillisecond, end_);
  if (from >= to) return std::nullopt;
  return std::visit([&](const auto& schedule) { return last_slot(schedule, from, to); },
                    spec_.schedule);
}

std::optional<Instant> SchedulePlan::next_running(Instant after) const {
  const Instant from = std::max(after + kMillisecond, begin_);
  if (from >= end_) return std::nullopt;
  const std::optional<PlannedSlot> slot = std::visit(
      [&](const auto& schedule) { return first_running(schedule, from, end_); }, spec_.schedule);
  if (!slot) return std::nullopt;
  return slot->nominal;
}

std::uint64_t SchedulePlan::count_running(Instant after, Instant until) const {
  const Instant from = std::max(after + kMillisecond, begin_);
  const Instant to = std::min(until + kMillisecond, end_);
  if (from >= to) return 0;
  return std::visit([&](const auto& schedule) { return count(schedule, from, to); },
                    spec_.schedule);
}

std::optional<DstSkips> SchedulePlan::next_dst_skips(Instant after, Instant until) const {
  const auto* cron = std::get_if<CronSchedule>(&spec_.schedule);
  if (cron == nullptr) return std::nullopt;
  const Instant from = std::max(after + kMillisecond, begin_);
  const Instant to = std::min(until + kMillisecond, end_);
  if (from >= to) return std::nullopt;
  return first_cron_skips(*cron, from, to);
}

std::optional<LocalTime> SchedulePlan::gap_time(Instant nominal) const {
  const auto* cron = std::get_if<CronSchedule>(&spec_.schedule);
  if (cron == nullptr) return std::nullopt;
  return gap_time_of_cron_slot(*cron, nominal);
}

}  // namespace carillon
