#include "api/platform/cron_explanation.h"

#include <cstdlib>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "api/messages/command_bodies.h"
#include "api/messages/problem_answer.h"
#include "base/json_writer.h"
#include "domain/cron/cron_parser.h"
#include "domain/cron/cron_words.h"
#include "domain/plan/schedule_plan.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

constexpr std::uint32_t kCountMax = 1000;

std::expected<ExplainBody, Problem> read_request(std::string_view json) {
  auto body = read_body<ExplainBody>(json);
  if (!body) return std::unexpected(problem_of(std::move(body.error())));
  std::vector<Error> faults;
  if (body->expr.empty()) {
    faults.push_back({.code = ErrorCode::missing_field,
                      .message = "The expression is missing.",
                      .hint = R"(Write {"expr": "0 */5 * * * *"}.)",
                      .pointer = "/expr"});
  }
  if (body->count < 1 || body->count > kCountMax) {
    faults.push_back(
        {.code = ErrorCode::invalid_value,
         .message = fmt::format("count is {}; 1 to {} is expected.", body->count, kCountMax),
         .hint = {},
         .pointer = "/count"});
  }
  if (!faults.empty()) return std::unexpected(problem_of(std::move(faults)));
  return *std::move(body);
}

Problem problem_of_cron(const CronFaults& found) {
  std::vector<Error> faults;
  for (const CronFault& fault : found) {
    faults.push_back(to_error(fault));
    faults.back().pointer = "/expr";
  }
  return problem_of(std::move(faults));
}

std::string offset_text(Duration offset) {
  const std::int64_t minutes = std::abs(offset.ms()) / 60'000;
  return fmt::format("{}{:02}:{:02}", offset < Duration() ? '-' : '+', minutes / 60, minutes % 60);
}

// What daylight saving does to the slot, in words.
std::vector<std::string> notes_of(const SchedulePlan& plan, const PlannedSlot& slot,
                                  const ZoneRules& zone) {
  std::vector<std::string> notes;
  if (const auto missing = plan.gap_time(slot.nominal)) {
    const std::string local = to_text(*missing);
    notes.push_back(slot.dst == SlotDst::gap
                        ? fmt::format("{} does not exist: the clock goes forward then.", local)
                        : fmt::format("Stands for {}, which does not exist.", local));
  } else if (slot.dst == SlotDst::gap) {
    notes.emplace_back("The local time does not exist: the clock goes forward then.");
  }
  if (slot.dst == SlotDst::overlap) {
    notes.emplace_back("The local time comes twice and is run once.");
  } else if (std::holds_alternative<FoldTime>(zone.resolve(zone.to_local(slot.nominal)))) {
    notes.emplace_back("The local time comes twice: the clock goes back then.");
  }
  return notes;
}

void append_slot(std::string& out, const SchedulePlan& plan, const PlannedSlot& slot,
                 const ZoneRules& zone) {
  out += R"({"nominal":)";
  append_json(out, slot.nominal);
  out +=
      fmt::format(R"(,"local":"{}","offset":"{}","disposition":)",
                  to_text(zone.to_local(slot.nominal)), offset_text(zone.offset_at(slot.nominal)));
  if (slot.dst == SlotDst::runs) {
    out += "null";
  } else {
    append_json(out, Disposition::skipped_dst);
  }
  out += R"(,"notes":)";
  append_json(out, notes_of(plan, slot, zone));
  out.push_back('}');
}

std::string explanation(const ParsedCron& cron, const ZoneRules& zone, Instant after,
                        std::uint32_t count) {
  std::string out = fmt::format(R"({{"dialect":"{}","words":)", word_of(cron.dialect));
  append_json(out, in_words(cron.expression));
  out += R"(,"warnings":[)";
  for (const CronWarning& warning : cron.warnings) {
    if (out.back() != '[') out.push_back(',');
    out += fmt::format(R"({{"code":"{}","message":)", word_of(warning.code));
    append_json(out, warning.message);
    out += R"(,"hint":)";
    append_json(out, warning.hint);
    out += fmt::format(R"(,"position":{}}})", warning.position);
  }
  out += R"(],"slots":[)";
  const SchedulePlan plan(
      {.schedule = CronSchedule{
           .crons = {cron.expression}, .zone = &zone, .dst = default_dst_policy(cron.dialect)}});
  std::optional<PlannedSlot> slot = plan.next(after);
  for (std::uint32_t i = 0; i < count && slot; ++i, slot = plan.next(slot->nominal)) {
    if (i > 0) out.push_back(',');
    append_slot(out, plan, *slot, zone);
  }
  return out + "]}";
}

}  // namespace

std::expected<std::string, Problem> explain_cron(std::string_view json, const ZoneSource& zones,
                                                 Instant now) {
  const auto request = read_request(json);
  if (!request) return std::unexpected(request.error());
  const ZoneRules* zone = zones.find(request->time_zone, "");
  if (zone == nullptr) {
    Error error = unknown_zone(request->time_zone, zones.names());
    error.pointer = "/timeZone";
    return std::unexpected(Problem{.error = std::move(error), .details = {}});
  }
  const auto cron = parse_cron(request->expr, request->dialect);
  if (!cron) return std::unexpected(problem_of_cron(cron.error()));
  // A slot at `from` itself is part of the answer.
  const Instant after = request->from ? *request->from - Duration::milliseconds(1) : now;
  return explanation(*cron, *zone, after, request->count);
}

}  // namespace carillon::api
