// For tests only: plans from text, and instants as short text.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/cron/cron_parser.h"
#include "domain/plan/schedule_plan.h"
#include "domain/zone/zone_testing.h"

namespace carillon::testing {

// Loaded once per test program, because reading files takes longer than the tests.
inline const ZoneRules& zone(const std::string& name) {
  static std::map<std::string, std::unique_ptr<ZoneRules>> zones;
  std::unique_ptr<ZoneRules>& rules = zones[name];
  if (!rules) rules = std::make_unique<ZoneRules>(load_zone(name));
  return *rules;
}

inline CronExpression cron(std::string_view text, CronDialect dialect = CronDialect::auto_detect) {
  return parse_cron(text, dialect).value().expression;
}

inline SchedulePlan cron_plan(std::vector<CronExpression> crons, const std::string& zone_name,
                              DstPolicy dst = {}) {
  return SchedulePlan(
      {.schedule = CronSchedule{.crons = std::move(crons), .zone = &zone(zone_name), .dst = dst}});
}

// `2026-03-29T01:30:00Z`, with the reason behind it when daylight saving skips the slot.
inline std::string short_text(Instant t) {
  std::string text = to_rfc3339(t);
  if (text.ends_with(".000Z")) text.replace(text.size() - 5, 5, "Z");
  return text;
}
inline std::string short_text(const PlannedSlot& slot) {
  std::string text = short_text(slot.nominal);
  if (slot.dst != SlotDst::runs) text += " " + std::string(word_of(slot.dst));
  return text;
}

inline std::vector<PlannedSlot> slots_in(const SchedulePlan& plan, Instant after, Instant until) {
  std::vector<PlannedSlot> slots;
  std::optional<PlannedSlot> slot = plan.next(after);
  for (; slot && slot->nominal <= until; slot = plan.next(slot->nominal)) slots.push_back(*slot);
  return slots;
}

}  // namespace carillon::testing
