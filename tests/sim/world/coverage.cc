#include "tests/sim/world/coverage.h"

#include <fmt/format.h>

#include "domain/words.h"

namespace carillon {
namespace {

template <class E>
std::string place(std::string_view kind, E value) {
  return fmt::format("{} {}", kind, word_of(value));
}

template <class E>
void expect_all(std::map<std::string, std::uint64_t>& reached, std::string_view kind) {
  for (const auto& [value, word] : Words<E>::rows) reached.emplace(place(kind, value), 0);
}

struct NameOfEvent {
  std::string operator()(const ClientCall&) const { return "call"; }
  std::string operator()(const Crash& crash) const {
    return crash.at ? fmt::format("crash {}", static_cast<int>(*crash.at)) : "crash at once";
  }
  std::string operator()(const CommitFails& fault) const {
    return fmt::format("commit fails {} {}",
                       fault.fate == CommitFault::Fate::kept ? "kept" : "dropped",
                       fault.then == SimHostOptions::OnFailedCommit::crash ? "crash" : "reopen");
  }
  std::string operator()(const ReadFails&) const { return "read fails"; }
  std::string operator()(const DiskFull&) const { return "disk full"; }
  std::string operator()(const DiskSlow&) const { return "disk slow"; }
  std::string operator()(const ClockJump& jump) const {
    return jump.by < Duration{} ? "clock back" : "clock forward";
  }
  std::string operator()(const ClockFreeze&) const { return "clock frozen"; }
  std::string operator()(const QueueLimit&) const { return "queue limit"; }
  std::string operator()(const RetentionRuns&) const { return "retention"; }
  std::string operator()(const WorkerDies&) const { return "outside worker dies"; }
};

}  // namespace

Coverage::Coverage() {
  expect_all<FactType>(reached_, "fact");
  expect_all<TaskStatus>(reached_, "task");
  expect_all<RunStatus>(reached_, "run");
  expect_all<AttemptStatus>(reached_, "attempt");
  expect_all<RunTrigger>(reached_, "trigger");
  expect_all<Disposition>(reached_, "slot");
  expect_all<SlotReason>(reached_, "reason");
  expect_all<RecordType>(reached_, "record");
}

void Coverage::add_fact(const FactRecord& record) {
  reached_[place("fact", record.type)] += 1;
  if (record.topic != Topic::task_events) return;
  const auto fact = from_wire<TaskFact>(record.payload);
  if (!fact) return;
  if (fact->row) reached_[place("task", fact->row->status)] += 1;
  if (fact->run) {
    reached_[place("run", fact->run->status)] += 1;
    reached_[place("attempt", fact->run->attempt_status)] += 1;
    reached_[place("trigger", fact->run->trigger)] += 1;
    if (!fact->run->outcome.error_code.empty()) {
      reached_["error " + fact->run->outcome.error_code] += 1;
    }
  }
  if (fact->slot) {
    reached_[place("slot", fact->slot->disposition)] += 1;
    reached_[place("reason", fact->slot->reason)] += 1;
  }
}

void Coverage::add_event(const WorldEvent& event) {
  reached_["event " + std::visit(NameOfEvent{}, event.what)] += 1;
}

void Coverage::add(const History& history) {
  for (const FactRecord& fact : history.durable) add_fact(fact);
  for (const JournalRecord& record : history.journal) reached_[place("record", record.type)] += 1;
  for (const WorldEvent& event : history.plan.events) add_event(event);
  for (const RetentionRecord& pass : history.passes) {
    if (pass.kept_from > JournalPosition{1}) reached_["records forgotten"] += 1;
  }
  for (const ClientRecord& client : history.clients) {
    if (client.refusal) {
      reached_[fmt::format("refusal {}", error_info(*client.refusal).word)] += 1;
    }
    if (client.outcome == ClientRecord::Outcome::done) reached_["answer done"] += 1;
    if (client.outcome == ClientRecord::Outcome::unknown) reached_["answer lost"] += 1;
  }
  for (const HandlerRecord& handler : history.handlers) {
    if (handler.died) reached_["handler died"] += 1;
    if (is_outside(handler)) reached_["handler outside the process"] += 1;
    if (handler.told_to_stop) reached_["handler told to stop"] += 1;
    if (handler.told_to_stop && handler.reported == FinishKind::completed) {
      reached_["handler completed though told to stop"] += 1;
    }
  }
}

std::vector<std::string> Coverage::never_reached() const {
  std::vector<std::string> never;
  for (const auto& [what, times] : reached_) {
    if (times == 0) never.push_back(what);
  }
  return never;
}

}  // namespace carillon
