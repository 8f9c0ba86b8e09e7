// The slots of cron expressions in a zone: first, last, how many, and which daylight saving skips.
// Pure.
//
// Part of the plan; other rooms use schedule_plan.h. All ranges are half-open: [from, to).
#pragma once

#include <cstdint>
#include <optional>

#include "base/instant.h"
#include "domain/plan/schedule_plan.h"

namespace carillon {

enum class SlotFilter : std::uint8_t { every, running };

std::optional<PlannedSlot> first_cron_slot(const CronSchedule& schedule, Instant from, Instant to,
                                           SlotFilter filter);

std::optional<PlannedSlot> last_cron_slot(const CronSchedule& schedule, Instant from, Instant to);

// The number of slots that run.
std::uint64_t count_running_cron_slots(const CronSchedule& schedule, Instant from, Instant to);

std::optional<DstSkips> first_cron_skips(const CronSchedule& schedule, Instant from, Instant to);

// The local time inside a gap that became this slot.
std::optional<LocalTime> gap_time_of_cron_slot(const CronSchedule& schedule, Instant nominal);

}  // namespace carillon
