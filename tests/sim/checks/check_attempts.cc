#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "domain/record/queue_records.h"
#include "domain/words.h"
#include "tests/sim/checks/checks.h"
#include "tests/sim/world/world_executor.h"

namespace carillon {
namespace {

// What the definitions of a task allowed at any time: an edit may come in the middle of a run.
struct Budget {
  std::uint32_t retries = 0;
  std::uint32_t lost = 0;
};

Budget budget_of(const TaskStory& story) {
  Budget budget;
  for (const ToldFact& told : story.facts) {
    if (!told.fact.definition) continue;
    budget.retries = std::max(budget.retries, told.fact.definition->max_retries);
    if (told.fact.definition->on_lost == OnLost::rerun) {
      budget.lost = std::max(budget.lost, told.fact.definition->max_lost);
    }
  }
  return budget;
}

void check_budget(const TaskStory& story, Verdict& verdict) {
  const Budget budget = budget_of(story);
  std::map<std::uint32_t, std::uint32_t> lost;
  for (const ToldFact& told : story.facts) {
    if (!told.fact.run) continue;
    const RunRow& run = *told.fact.run;
    if (told.type == FactType::attempt_lost) lost[run.id.number] += 1;
    if (run.retries > budget.retries || lost[run.id.number] > budget.lost ||
        run.attempt > 1 + run.retries + lost[run.id.number]) {
      verdict.broken(
          "attempts keep their budget",
          fmt::format("run {}: attempt {}, {} retries of {}, {} lost of {}", to_text(run.id),
                      run.attempt, run.retries, budget.retries, lost[run.id.number], budget.lost));
    }
  }
}

// The delay of the documented formula; none where chance has a part in it.
std::optional<Duration> delay_of(const TaskDefinition& definition, std::uint32_t retry) {
  if (definition.retry.jitter != RetryJitter::none) return std::nullopt;
  const Duration base = definition.retry_delay;
  const Duration cap = definition.retry.max_delay.value_or(std::max(Duration::hours(1), base));
  std::int64_t ms = base.ms();
  switch (definition.retry.backoff) {
    case Backoff::fixed:
      return base;
    case Backoff::linear:
      ms *= retry;
      break;
    case Backoff::exponential:
      for (std::uint32_t i = 1; i < retry; ++i) ms *= 2;
      break;
  }
  return std::min(cap, Duration::milliseconds(ms));
}

void check_gaps(const TaskStory& story, Verdict& verdict) {
  std::map<std::uint32_t, std::pair<Instant, Duration>> waits;  // By run: since when, how long.
  for (std::size_t i = 0; i < story.facts.size(); ++i) {
    const ToldFact& told = story.facts[i];
    if (!told.fact.run) continue;
    const RunRow& run = *told.fact.run;
    if (told.type == FactType::run_retrying) {
      waits.erase(run.id.number);
      const auto delay = delay_of(story.definition_at(i), run.retries + 1);
      if (delay) waits.emplace(run.id.number, std::pair{told.at, *delay});
      continue;
    }
    if (told.type != FactType::run_created) continue;
    const auto wait = waits.find(run.id.number);
    if (wait == waits.end()) continue;
    const auto [since, delay] = wait->second;
    if (told.at - since < delay) {
      verdict.broken("a retry waits for its delay",
                     fmt::format("run {}: {} ms instead of {} ms", to_text(run.id),
                                 (told.at - since).ms(), delay.ms()));
    }
    waits.erase(wait);
  }
}

// At most one run of a task is under way: the only overlap policy there is skips.
void check_overlap(const TaskStory& story, Verdict& verdict) {
  std::set<std::uint32_t> active;
  for (const ToldFact& told : story.facts) {
    if (!told.fact.run) continue;
    if (is_final(told.fact.run->status)) {
      active.erase(told.fact.run->id.number);
    } else {
      active.insert(told.fact.run->id.number);
    }
    if (active.size() > 1) {
      verdict.broken("runs of a task do not overlap",
                     fmt::format("{} runs of task {}", active.size(), to_text(story.id)));
      return;
    }
  }
}

// A final run does not change any more, and its attempts come in order.
void check_run_order(const TaskStory& story, Verdict& verdict) {
  std::map<std::uint32_t, RunRow> known;
  for (const ToldFact& told : story.facts) {
    if (!told.fact.run) continue;
    const RunRow& run = *told.fact.run;
    const auto before = known.find(run.id.number);
    if (before != known.end()) {
      if (is_final(before->second.status)) {
        verdict.broken("a run ends once",
                       fmt::format("run {}: {} after {}", to_text(run.id), word_of(run.status),
                                   word_of(before->second.status)));
      }
      if (run.attempt < before->second.attempt || run.fence < before->second.fence) {
        verdict.broken("attempts come in order", to_text(run.id));
      }
    }
    known.insert_or_assign(run.id.number, run);
  }
}

using HandlersOfTask = std::map<TaskId, std::vector<const HandlerRecord*>>;

HandlersOfTask by_task(const History& history) {
  HandlersOfTask handlers;
  for (const HandlerRecord& handler : history.handlers) {
    handlers[handler.dispatched.attempt.run.task].push_back(&handler);
  }
  return handlers;
}

void check_owners(const std::vector<const HandlerRecord*>& handlers, Verdict& verdict) {
  Fence last;
  for (const HandlerRecord* handler : handlers) {
    const std::string attempt = to_text(handler->dispatched.attempt);
    if (handler->dispatched.fence <= last) {
      verdict.broken("every attempt has a newer fence", attempt);
    }
    last = handler->dispatched.fence;
    if (handler->rival) {
      verdict.broken("an attempt has one owner",
                     fmt::format("{} began while {} was at work and not told to stop", attempt,
                                 *handler->rival));
    }
  }
}

// A run that completed did so by the report of the attempt that it had then.
void check_results(const TaskStory& story, const std::vector<const HandlerRecord*>& handlers,
                   Verdict& verdict) {
  if (story.definition_at(0).lane == Lane::workflow || story.has(FactType::task_status_set)) return;
  std::map<Fence, const HandlerRecord*> owners;
  for (const HandlerRecord* handler : handlers) owners.emplace(handler->dispatched.fence, handler);
  for (const ToldFact& told : story.facts) {
    if (!told.fact.run || told.fact.run->status != RunStatus::completed) continue;
    const RunRow& run = *told.fact.run;
    const auto owner = owners.find(run.fence);
    const bool proven = owner != owners.end() && owner->second->reported == FinishKind::completed &&
                        owner->second->token == run.outcome.result.text();
    if (!proven) {
      verdict.broken(
          "only the owner's result counts",
          fmt::format("run {} completed with {}", to_text(run.id), run.outcome.result.text()));
    }
  }
}

// What handlers witnessed is what the stream says: nothing ran that it does not tell of.
void check_witness(const TaskStory& story, const std::vector<const HandlerRecord*>& handlers,
                   Verdict& verdict) {
  std::set<Fence> told_started;
  for (const ToldFact& told : story.facts) {
    if (told.type == FactType::run_started) told_started.insert(told.fact.run->fence);
  }
  for (const HandlerRecord* handler : handlers) {
    if (told_started.contains(handler->dispatched.fence)) continue;
    verdict.broken("whatever ran is in the stream", to_text(handler->dispatched.attempt));
  }
}

// What became of attempts, by fence: the fact that ended each.
std::map<Fence, const ToldFact*> ends_of(const TaskStory& story) {
  std::map<Fence, const ToldFact*> ends;
  for (const ToldFact& told : story.facts) {
    if (!told.fact.run) continue;
    const AttemptStatus status = told.fact.run->attempt_status;
    if (status == AttemptStatus::queued || status == AttemptStatus::running) continue;
    ends.emplace(told.fact.run->fence, &told);
  }
  return ends;
}

// Whether the stream told it before the life that began the handler had ended.
bool told_in_life_of(const HandlerRecord& handler, const ToldFact& told, const History& history) {
  const BootEpoch next{handler.dispatched.epoch.value() + 1};
  const auto after = std::ranges::find(history.epochs, next, &EpochRecord::epoch);
  return after == history.epochs.end() || told.position <= after->begins_after;
}

// Said by the journal: every life of the outside worker before that epoch is lost to the queue.
struct DeclaredLoss {
  JournalPosition position;
  Key queue;
  BootEpoch before;
};

// By its supervisor or by an offer of the worker's next life.
std::vector<DeclaredLoss> losses_of(const History& history) {
  std::vector<DeclaredLoss> losses;
  for (const JournalRecord& record : history.journal) {
    std::optional<BootEpoch> before;
    if (record.type == RecordType::worker_lost) {
      const auto lost = from_wire<WorkerLost>(record.payload);
      if (lost && lost->worker == kOutsideWorker) before = BootEpoch{lost->epoch.value() + 1};
    } else if (record.type == RecordType::worker_credit) {
      const auto credit = from_wire<WorkerCredit>(record.payload);
      if (credit && credit->worker == kOutsideWorker) before = credit->epoch;
    }
    if (before) losses.push_back({record.position, record.key, *before});
  }
  return losses;
}

struct Told {
  const TaskStory& story;
  const History& history;
  const std::vector<DeclaredLoss>& losses;
};

// Whether the worker of the handler was declared lost before the stream told of the attempt's end.
bool declared_lost_before(const HandlerRecord& handler, const ToldFact& end, const Told& told) {
  const QueueName& queue = told.story.definition_at(0).queue;
  return std::ranges::any_of(told.losses, [&](const DeclaredLoss& loss) {
    return loss.position < end.cause && loss.queue == queue.value() &&
           handler.dispatched.epoch < loss.before;
  });
}

// The reasons that the core gives for ending an attempt, against what its handler witnessed.
void check_reasons(const Told& of, const std::vector<const HandlerRecord*>& handlers,
                   Verdict& verdict) {
  const auto& [story, history, losses] = of;
  const bool faultless = !has_faults(history.plan);
  const auto ends = ends_of(story);
  for (const HandlerRecord* handler : handlers) {
    const auto end = ends.find(handler->dispatched.fence);
    if (end == ends.end()) continue;
    const RunRow& run = *end->second->fact.run;
    const std::string attempt = to_text(handler->dispatched.attempt);
    if (is_outside(*handler)) {
      const bool declared = declared_lost_before(*handler, *end->second, of);
      if (declared && handler->died && run.attempt_status == AttemptStatus::timed_out) {
        verdict.broken("what a lost worker held is lost at once",
                       fmt::format("{} timed out instead", attempt));
      }
      if (!declared && run.attempt_status == AttemptStatus::lost) {
        verdict.broken("only a lost worker loses its attempts", attempt);
      }
    } else if (handler->died && run.attempt_status == AttemptStatus::timed_out &&
               !told_in_life_of(*handler, *end->second, history)) {
      verdict.broken("what died with its process is lost at once",
                     fmt::format("{} timed out instead", attempt));
    }
    if (run.outcome.error_code == "no-worker-in-time") {
      verdict.broken("what has started does not wait for a worker", attempt);
    }
    if (faultless && handler->beats && run.outcome.error_code == "heartbeat-timed-out") {
      verdict.broken("an attempt that beats is alive", attempt);
    }
  }
}

}  // namespace

void check_attempts(const Checked& checked, Verdict& verdict) {
  HandlersOfTask handlers = by_task(checked.history);
  const std::vector<DeclaredLoss> losses = losses_of(checked.history);
  const bool even_time = !has_clock_faults(checked.history.plan);
  for (const auto& [id, story] : checked.stories.tasks) {
    check_budget(story, verdict);
    if (even_time) check_gaps(story, verdict);
    check_overlap(story, verdict);
    check_run_order(story, verdict);
    check_owners(handlers[id], verdict);
    check_results(story, handlers[id], verdict);
    check_witness(story, handlers[id], verdict);
    check_reasons({story, checked.history, losses}, handlers[id], verdict);
  }
}

}  // namespace carillon
