#include "domain/task/plan_of.h"

#include <utility>

#include "domain/cron/cron_parser.h"

namespace carillon {
namespace {

Result<CronSchedule> cron_schedule(const ScheduleSpec& schedule, std::string_view fingerprint,
                                   const ZoneSource& zones) {
  const ZoneRules* zone = zones.find(schedule.time_zone, fingerprint);
  if (zone == nullptr) return fail(unknown_zone(schedule.time_zone, zones.names()));
  auto parsed = parse_crons(cron_texts(schedule), schedule.cron_dialect);
  if (!parsed) return fail(to_error(parsed.error().front().faults.front()));
  const DstPolicy defaults = default_dst_policy(parsed->dialect);
  return CronSchedule{.crons = std::move(parsed->expressions),
                      .zone = zone,
                      .dst = {.gap = schedule.dst_gap.value_or(defaults.gap),
                              .overlap = schedule.dst_overlap.value_or(defaults.overlap)}};
}

}  // namespace

std::vector<std::string> cron_texts(const ScheduleSpec& schedule) {
  if (!schedule.cron_expression.empty()) return {schedule.cron_expression};
  return schedule.crons;
}

Result<SchedulePlan> plan_of(const ScheduleSpec& schedule, const PlanOrigin& origin,
                             const ZoneSource& zones) {
  if (origin.run_at) return SchedulePlan({.schedule = SingleSchedule{.at = *origin.run_at}});
  if (schedule.has_cron()) {
    auto cron = cron_schedule(schedule, origin.fingerprint, zones);
    if (!cron) return fail(std::move(cron.error()));
    return SchedulePlan(
        {.schedule = std::move(*cron), .start_at = schedule.start_at, .end_at = schedule.end_at});
  }
  if (schedule.every) {
    return SchedulePlan(
        {.schedule = EverySchedule{.every = *schedule.every,
                                   .anchor = schedule.start_at.value_or(origin.armed_at)},
         .start_at = schedule.start_at,
         .end_at = schedule.end_at});
  }
  if (schedule.run_at) return SchedulePlan({.schedule = SingleSchedule{.at = *schedule.run_at}});
  return SchedulePlan({.schedule = SingleSchedule{.at = origin.armed_at}});
}

}  // namespace carillon
