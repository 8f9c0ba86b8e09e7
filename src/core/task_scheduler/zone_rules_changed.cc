#include <utility>
#include <variant>

#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/slots.h"
#include "core/task_scheduler/status.h"
#include "domain/zone/zone_source.h"

namespace carillon {
namespace {

// The instant at which the new rules show a local time; of a repeated one the second, because its
// slots at the first were settled under the old rules.
Instant instant_of(const ZoneRules& rules, LocalTime local) {
  const ResolvedTime resolved = rules.resolve(local);
  if (const auto* unique = std::get_if<UniqueTime>(&resolved)) return unique->at;
  if (const auto* gap = std::get_if<GapTime>(&resolved)) return gap->transition.at;
  return std::get<FoldTime>(resolved).second;
}

}  // namespace

// No local time runs twice, and one that the new rules put into the past is due at once.
Result<void> zone_rules_changed(TaskStep& step, const ZoneRulesChanged& changed) {
  ScheduleState& schedule = step.state.schedule;
  if (!schedule.armed || schedule.fingerprint == changed.fingerprint) return {};
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  const std::string& name = (*definition)->schedule.time_zone;
  const ZoneRules* before = step.zones().find(name, schedule.fingerprint);
  const ZoneRules* after = step.zones().find(name, changed.fingerprint);
  if (before == nullptr || after == nullptr) {
    return fail(ErrorCode::unknown_time_zone, "The host lacks the rules of a zone it announced.");
  }
  const Instant cursor = schedule.cursor;
  schedule.fingerprint = changed.fingerprint;
  if (!(*definition)->schedule.has_cron() || schedule.run_at || before->same_from(*after, cursor)) {
    return {};
  }
  schedule.generation += 1;
  schedule.armed_at = step.now();
  schedule.cursor = instant_of(*after, before->to_local(cursor));
  if (auto moved = refresh_next_slot(step); !moved) return fail(std::move(moved.error()));
  step.add_fact(FactType::task_scheduled).detail = "The rules of the time zone changed.";
  if (auto settled = settle_slots(step); !settled) return fail(std::move(settled.error()));
  settle_status(step, **definition);
  return {};
}

}  // namespace carillon
