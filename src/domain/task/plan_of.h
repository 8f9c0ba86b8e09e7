// From what a user wrote about time to the plan of one generation. Pure rule.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "domain/plan/schedule_plan.h"
#include "domain/task/task_definition.h"
#include "domain/zone/zone_source.h"

namespace carillon {

// What a generation knows beside the definition.
struct PlanOrigin {
  Instant armed_at;  // Anchor of `every` without startAt; the slot of "once, now".
  std::optional<Instant>
      run_at;  // A one-shot asked for by hand; goes before the definition's schedule.
  std::string_view fingerprint;  // Of the zone rules in force when the generation began.
};

// The plan of a generation.
//
// Errors  cron_*             the expression cannot be read (an accepted definition never gives it)
//         unknown_time_zone  the host has no rules of that name and fingerprint
Result<SchedulePlan> plan_of(const ScheduleSpec& schedule, const PlanOrigin& origin,
                             const ZoneSource& zones);

// The expressions of the schedule in one list: cronExpression, or crons.
std::vector<std::string> cron_texts(const ScheduleSpec& schedule);

}  // namespace carillon
