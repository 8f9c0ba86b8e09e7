#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "domain/limits.h"
#include "domain/record/commands.h"
#include "domain/task/plan_of.h"
#include "domain/words.h"
#include "tests/sim/checks/checks.h"

namespace carillon {
namespace {

// Slots that are looked at for one generation; no world has that many.
constexpr int kSlotsMax = 500'000;

// How late the last decision of a world may be: what is due at its very end is still on its way.
constexpr Duration kEndGrace = Duration::seconds(3);

// One generation of a schedule as the facts tell it.
struct Generation {
  std::uint32_t number = 0;
  Instant armed_at;
  std::size_t first_fact = 0;
  ScheduleSpec spec;
  std::optional<Instant> run_at;  // Asked for by hand.
  Duration jitter_max;
  std::optional<Instant> ended_at;  // Nothing later belongs to it.
  std::vector<SlotRow> records;
};

// The moment that a ScheduleTask named, if the record that armed the generation is one.
std::optional<Instant> asked_moment(const ToldFact& told, const History& history) {
  const auto record =
      std::ranges::lower_bound(history.journal, told.cause, {}, &JournalRecord::position);
  if (record == history.journal.end() || record->position != told.cause) return std::nullopt;
  if (record->type != RecordType::schedule_task) return std::nullopt;
  const auto command = from_wire<ScheduleTask>(record->payload);
  if (!command) return std::nullopt;
  return command->delay ? std::optional(record->at + *command->delay) : command->run_at;
}

// The facts of one step share their cause; the last of them carries the row.
std::vector<Generation> generations_of(const TaskStory& story, const History& history) {
  std::vector<Generation> generations;
  for (std::size_t i = 0; i < story.facts.size(); ++i) {
    const ToldFact& told = story.facts[i];
    if (!told.fact.row || told.fact.row->generation == 0) continue;
    const std::uint32_t number = told.fact.row->generation;
    if (!generations.empty() && generations.back().number == number) continue;
    std::size_t first = i;
    while (first > 0 && story.facts[first - 1].cause == told.cause) --first;
    if (!generations.empty() && !generations.back().ended_at) {
      generations.back().ended_at = told.at;
    }
    generations.push_back({.number = number,
                           .armed_at = told.at,
                           .first_fact = first,
                           .spec = story.definition_at(i).schedule,
                           .run_at = asked_moment(told, history),
                           .ended_at = {},
                           .records = {}});
  }
  return generations;
}

bool takes_schedule_away(const ToldFact& told) {
  if (told.type != FactType::task_updated || !told.fact.definition) return false;
  const ScheduleSpec& spec = told.fact.definition->schedule;
  return !spec.is_recurring() && !spec.run_at;
}

void find_end(Generation& generation, const TaskStory& story) {
  std::uint64_t started = 0;
  for (std::size_t i = 0; i < story.facts.size(); ++i) {
    const ToldFact& told = story.facts[i];
    const TaskDefinition& definition = story.definition_at(i);
    generation.jitter_max = std::max(generation.jitter_max, definition.jitter);
    if (told.fact.slot && told.fact.slot->run) ++started;
    if (i < generation.first_fact || (generation.ended_at && *generation.ended_at <= told.at)) {
      continue;
    }
    const bool over = told.type == FactType::task_cancelled ||
                      told.type == FactType::task_deleted ||
                      (takes_schedule_away(told) && !generation.run_at);
    if (over) generation.ended_at = told.at;
    if (!definition.max_runs || started < *definition.max_runs) continue;
    // The schedule ends with the slot of the last run, however late that was decided.
    const bool last = told.fact.slot && told.fact.slot->run;
    generation.ended_at = last ? told.fact.slot->first : told.at;
  }
}

// Walks the plan and the records side by side.
class SlotWalk {
 public:
  SlotWalk(const Generation& generation, const SchedulePlan& plan, std::string name,
           Verdict& verdict)
      : generation_(generation),
        plan_(plan),
        name_(std::move(name)),
        verdict_(verdict),
        at_(begin_of(generation, plan)) {}

  // Returns the first slot without a record; none when the plan has ended.
  std::optional<Instant> walk() {
    for (const SlotRow& record : generation_.records) {
      if (!walk_record(record)) return std::nullopt;
    }
    const auto next = plan_.next(at_);
    return next ? std::optional(next->nominal) : std::nullopt;
  }

 private:
  // A one-shot belongs to its generation even if it lies before the arming.
  static Instant begin_of(const Generation& generation, const SchedulePlan& plan) {
    const auto* const single = std::get_if<SingleSchedule>(&plan.spec().schedule);
    if (single == nullptr) return generation.armed_at;
    return std::min(generation.armed_at, single->at - Duration::milliseconds(1));
  }

  bool walk_record(const SlotRow& record) {
    std::uint64_t count = 0;
    const Instant last = record.last.value_or(record.first);
    const bool dst = record.disposition == Disposition::skipped_dst;
    for (int i = 0; i < kSlotsMax; ++i) {
      const auto next = plan_.next(at_);
      if (!next || next->nominal > last) break;
      if (count == 0 && next->nominal != record.first) {
        return broken(record,
                      fmt::format("slot {} has no record before it", to_rfc3339(next->nominal)));
      }
      if ((next->dst != SlotDst::runs) != dst) {
        return broken(record, fmt::format("slot {} is {} by the plan", to_rfc3339(next->nominal),
                                          word_of(next->dst)));
      }
      at_ = next->nominal;
      ++count;
    }
    if (count != record.count) {
      return broken(record,
                    fmt::format("it counts {} slots, the plan has {}", record.count, count));
    }
    return true;
  }

  bool broken(const SlotRow& record, const std::string& what) {
    verdict_.broken("every slot has exactly one record",
                    fmt::format("{}: record {} to {} {} {}: {}", name_, to_rfc3339(record.first),
                                to_rfc3339(record.last.value_or(record.first)),
                                word_of(record.disposition), word_of(record.reason), what));
    return false;
  }

  const Generation& generation_;
  const SchedulePlan& plan_;
  const std::string name_;
  Verdict& verdict_;
  Instant at_;
};

// A slot that lies so far back that it had to be decided, and was not.
void check_undecided(const Generation& generation, const TaskStory& story, Instant slot,
                     Verdict& verdict) {
  const TaskRow* row = story.last_row();
  const bool waits_for_a_person = row != nullptr && row->pause.has_value();
  if (waits_for_a_person && !generation.ended_at) return;
  // The end of a generation settles all that it planned until then, due or not.
  const Instant known_by = generation.ended_at ? slot : slot + generation.jitter_max;
  const Instant end = generation.ended_at.value_or(story.ended - kEndGrace);
  if (known_by >= end) return;
  verdict.broken("every due slot starts or has a record",
                 fmt::format("{} generation {}: nothing is known of slot {} at {}",
                             story.last_definition().name, generation.number, to_rfc3339(slot),
                             to_rfc3339(end)));
}

void check_record(const SlotRow& record, const Generation& generation, Verdict& verdict) {
  const auto broken = [&](std::string_view promise) {
    verdict.broken(promise, fmt::format("slot {}: {} {}, due {}, decided {}", to_text(record.id),
                                        word_of(record.disposition), word_of(record.reason),
                                        to_rfc3339(record.due), to_rfc3339(record.decided_at)));
  };
  if (record.due < record.first || record.due > record.first + generation.jitter_max) {
    broken("a slot is due within its jitter");
  }
  const bool ends_early =
      record.disposition == Disposition::superseded || record.disposition == Disposition::cancelled;
  if (record.decided_at < record.due && !ends_early) broken("nothing is early");
  const Duration late = record.decided_at - record.due;
  if (record.disposition == Disposition::started && late > limits::kOnTime) {
    broken("what started late says so");
  }
  if (record.disposition == Disposition::started_late && late <= limits::kOnTime) {
    broken("what started on time says so");
  }
}

void check_generation(Generation& generation, const TaskStory& story, const Checked& checked,
                      Verdict& verdict) {
  find_end(generation, story);
  const auto plan =
      plan_of(generation.spec,
              {.armed_at = generation.armed_at, .run_at = generation.run_at, .fingerprint = {}},
              checked.zones);
  if (!plan) {
    verdict.broken("a stored schedule has a plan", plan.error().message);
    return;
  }
  const std::string name =
      fmt::format("{} generation {}", story.last_definition().name, generation.number);
  const std::size_t before = verdict.violations().size();
  const auto open = SlotWalk(generation, *plan, name, verdict).walk();
  if (open && verdict.violations().size() == before) {
    check_undecided(generation, story, *open, verdict);
  }
  for (const SlotRow& record : generation.records) check_record(record, generation, verdict);
}

struct Pause {
  Instant from;
  std::optional<Instant> until;

  [[nodiscard]] bool covers(Instant due) const { return due > from && (!until || due <= *until); }
};

// Slots that come due in a pause do not run. The slot of a one-shot waits instead.
void check_paused(const TaskStory& story, const std::vector<Generation>& generations,
                  Verdict& verdict) {
  std::vector<Pause> pauses;
  for (std::size_t i = 0; i < story.facts.size(); ++i) {
    const ToldFact& told = story.facts[i];
    const bool open = !pauses.empty() && !pauses.back().until;
    if (told.type == FactType::task_paused && !open) pauses.push_back({.from = told.at});
    if (told.type == FactType::task_resumed && open) pauses.back().until = told.at;
    if (!told.fact.slot || !told.fact.slot->run) continue;
    const SlotRow& slot = *told.fact.slot;
    const auto of = std::ranges::find(generations, slot.id.series, &Generation::number);
    if (of == generations.end() || of->run_at || !of->spec.is_recurring()) continue;
    const Instant due = slot.due;
    if (!std::ranges::any_of(pauses, [&](const Pause& pause) { return pause.covers(due); })) {
      continue;
    }
    verdict.broken("what comes due in a pause does not run",
                   fmt::format("slot {} ran", to_text(slot.id)));
  }
}

// Bounds that definitions set: an edit may come at any time, so the widest counts.
void check_bounds(const TaskStory& story, Verdict& verdict) {
  Duration misfire_after;
  std::optional<std::uint64_t> runs_max = 0;
  std::uint64_t armings = 0;
  std::uint64_t started = 0;
  for (const ToldFact& told : story.facts) {
    if (told.fact.definition) {
      misfire_after = std::max(misfire_after, told.fact.definition->misfire_after);
      const auto& most = told.fact.definition->max_runs;
      runs_max = runs_max && most ? std::optional(std::max(*runs_max, *most)) : std::nullopt;
    }
    if (told.type == FactType::task_scheduled) ++armings;
    if (!told.fact.slot || !told.fact.slot->run) continue;
    ++started;
    const SlotRow& slot = *told.fact.slot;
    if (slot.disposition == Disposition::started_late &&
        slot.decided_at - slot.due > misfire_after) {
      verdict.broken("what was missed is left to the misfire policy", to_text(slot.id));
    }
  }
  if (runs_max && started > *runs_max * armings) {
    verdict.broken("a schedule ends after its runs",
                   fmt::format("{} started {} runs of {}", story.last_definition().name, started,
                               *runs_max * armings));
  }
}

// Runs that were made for a slot: never two for the same one.
void check_runs_of_slots(const TaskStory& story, Verdict& verdict) {
  std::map<SlotId, std::set<std::uint32_t>> runs;
  for (const auto& [number, run] : story.runs()) {
    if (!run.slot || run.trigger == RunTrigger::retry) continue;
    runs[*run.slot].insert(number);
    if (runs[*run.slot].size() > 1) {
      verdict.broken("a slot runs once", to_text(*run.slot));
    }
  }
}

// What somebody held up or moved on purpose may be late: a pause, another jitter, a moment in the
// past.
bool is_held_up(const SlotRow& record, const Generation& generation, const TaskStory& story) {
  const bool edited = std::ranges::any_of(story.facts, [&](const ToldFact& told) {
    return told.fact.definition && told.fact.definition->jitter != story.definition_at(0).jitter;
  });
  return edited || record.reason == SlotReason::deadline || record.first <= generation.armed_at ||
         story.has(FactType::task_paused);
}

// In a world without faults nothing is late by itself.
void check_punctual(const SlotRow& record, const Generation& generation, const TaskStory& story,
                    Verdict& verdict) {
  const bool late = record.disposition == Disposition::started_late ||
                    record.disposition == Disposition::caught_up ||
                    record.disposition == Disposition::skipped_misfire;
  if (!late || is_held_up(record, generation, story)) return;
  verdict.broken("without faults nothing is late",
                 fmt::format("slot {}: {} {}", to_text(record.id), word_of(record.disposition),
                             word_of(record.reason)));
}

}  // namespace

void check_slots(const Checked& checked, Verdict& verdict) {
  const bool faultless = !has_faults(checked.history.plan);
  const bool even_time = !has_clock_faults(checked.history.plan);
  for (const auto& [id, story] : checked.stories.tasks) {
    std::vector<Generation> generations = generations_of(story, checked.history);
    for (const ToldFact& told : story.facts) {
      if (!told.fact.slot) continue;
      const SlotRow& record = *told.fact.slot;
      const auto of = std::ranges::find(generations, record.id.series, &Generation::number);
      if (of == generations.end()) {
        verdict.broken("every slot belongs to a generation", to_text(record.id));
        continue;
      }
      of->records.push_back(record);
      if (faultless) check_punctual(record, *of, story, verdict);
    }
    for (Generation& generation : generations) {
      check_generation(generation, story, checked, verdict);
    }
    check_runs_of_slots(story, verdict);
    if (even_time) check_paused(story, generations, verdict);
    check_bounds(story, verdict);
  }
}

}  // namespace carillon
