// What an engine does when a commit or a read has failed: gives up what is not durable, and starts
// again from what the store then says.
#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "runtime/engine/engine.h"

namespace carillon {

namespace {

constexpr std::array kAllTopics{
    Topic::task_requests, Topic::scheduled_tasks, Topic::task_execution,    Topic::workflow_events,
    Topic::task_events,   Topic::task_responses,  Topic::task_notifications};

constexpr std::size_t kReadPortion = 4096;

Error plain(ErrorCode code, const char* message, const char* hint) {
  return Error{
      .code = code, .message = message, .hint = hint, .column = std::nullopt, .pointer = {}};
}

// What was never handed to the store was certainly not written, so its sender may simply repeat.
Error never_written(const Error& cause) {
  if (cause.code != ErrorCode::outcome_unknown) return cause;
  return plain(ErrorCode::unavailable, "The store failed before the request was written.",
               "Send it again after a moment.");
}

// The input as it was put in, from its record in the batch that failed.
EngineInput input_again(PendingCommit& pending, SettledInput& settled) {
  if (settled.repeat) {
    EngineInput input = std::move(*settled.repeat);
    input.completion = std::move(settled.completion);
    return input;
  }
  JournalRecord& record = pending.batch.journal.at(settled.journal_index);
  return EngineInput{.to = record.to,
                     .type = record.type,
                     .input_class = settled.input_class,
                     .key = std::move(record.key),
                     .payload = std::move(record.payload),
                     .completion = std::move(settled.completion)};
}

void give_up(Completion& completion, const Error& error) {
  if (completion) completion(fail(error));
}

void give_up(PendingCommit& pending, const Error& error, std::vector<EngineInput>& kept) {
  for (SettledInput& settled : pending.settled) {
    if (settled.input_class == InputClass::kept) {
      kept.push_back(input_again(pending, settled));
    } else {
      give_up(settled.completion, error);
    }
  }
}

}  // namespace

void Engine::abandon(Error error, std::span<std::unique_ptr<PendingCommit>> out) {
  CARILLON_CHECK(out.size() == batches_out_, "every batch that is out comes back");
  const Error later = never_written(error);
  std::vector<EngineInput> kept;
  for (std::size_t i = 0; i < out.size(); ++i) give_up(*out[i], i == 0 ? error : later, kept);
  if (chain_) {
    // Its own record lies in the open batch, or in an earlier one whose fate is not this one's.
    const bool carried = chain_->carried;
    if (!open_) open_ = std::make_unique<PendingCommit>();
    if (chain_->input.input_class == InputClass::kept) {
      kept.push_back(input_again(*open_, chain_->input));
    } else {
      const Error unknown = plain(ErrorCode::outcome_unknown,
                                  "The store failed while the request was being followed.",
                                  "Read back what became of it before you send it again.");
      give_up(chain_->input.completion, carried ? unknown : later);
    }
    chain_.reset();
  }
  if (open_) give_up(*open_, later, kept);
  for (EngineInput& input : drained_) {
    if (input.input_class == InputClass::kept) {
      kept.push_back(std::move(input));
    } else {
      give_up(input.completion, later);
    }
  }
  drained_.clear();
  messages_.clear();
  open_.reset();
  use_ = {};
  batches_out_ = 0;
  halted_ = std::move(error);
  intake_.put_back(std::move(kept));
}

Result<std::vector<FactRecord>> Engine::reopen() {
  CARILLON_CHECK(halted_ && batches_out_ == 0, "abandon comes before reopen");
  if (auto rebuilt = rebuild(); !rebuilt) return fail(std::move(rebuilt.error()));
  const StoreMark mark = store_.mark();
  std::vector<FactRecord> unreleased;
  for (const Topic topic : kAllTopics) {
    JournalPosition from = released_until_;
    while (from < mark.last_position) {
      auto facts = store_.facts_after(topic, from, kReadPortion);
      if (!facts) return fail(std::move(facts.error()));
      if (facts->empty()) break;
      from = facts->back().position;
      for (FactRecord& fact : *facts) unreleased.push_back(std::move(fact));
    }
  }
  std::ranges::sort(unreleased, {}, &FactRecord::position);
  // A step of the clock that only void batches knew of is noticed anew by its next reading.
  stamper_ = Stamper(mark.last_stamp);
  opened_ = {.mark = mark, .wake_ups = wake_ups_.size()};
  released_until_ = mark.last_position;
  inputs_ahead_.reset();  // What was put back goes before what is due, as at a start.
  halted_.reset();
  return unreleased;
}

}  // namespace carillon
