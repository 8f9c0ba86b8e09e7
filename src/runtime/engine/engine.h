// The embedded engine: takes inputs and time, steps the operators, and forms batches to commit. A
// machine without threads or clocks of its own: a thread drives it in a server (engine_thread.h),
// the simulator drives it in tests.
//
// One thread calls it. It never writes to the store; its driver commits what seal() gives, in
// order, releases it when it is durable and says so. Nothing leaves before that. Mechanism:
// docs/internals/engine.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/operator.h"
#include "ports/engine_store.h"
#include "runtime/engine/intake.h"
#include "runtime/engine/pending_commit.h"
#include "runtime/engine/stamper.h"
#include "runtime/engine/state_table.h"
#include "runtime/engine/step_context.h"
#include "runtime/engine/wake_up_table.h"

namespace carillon {

// Bounds of one batch: what a commit writes at once and what a crash makes the clients repeat.
struct BatchLimits {
  std::size_t inputs = 1024;  // Taken from the intake.
  std::size_t input_bytes = 4 << 20;
  std::size_t due = 1024;            // Wake-ups fired.
  std::size_t records = 16'384;      // In all, messages between keys included.
  std::size_t clock_notices = 1024;  // ClockStepped records.
  // Inputs of one step, and wake-ups of one step. Between two steps a host may seal what is there,
  // so that the disk is not idle while a long batch is stepped.
  std::size_t turn = 32;
};

struct EngineOptions {
  BatchLimits batch;
  std::size_t state_cache_bytes = 256 << 20;
};

struct OpenSummary {
  StoreMark mark;
  std::size_t wake_ups = 0;
};

// Counted since the engine was opened; read by its own thread.
struct EngineCounts {
  std::uint64_t batches = 0;
  std::uint64_t records = 0;
  std::uint64_t derived = 0;
  std::uint64_t due = 0;
  std::uint64_t facts = 0;
  std::uint64_t dead_letters = 0;
  std::uint64_t clock_notices = 0;
  std::uint64_t clock_jumps = 0;
};

using OperatorSet = std::array<std::unique_ptr<Operator>, 5>;  // By the value of OperatorName.

class Engine {
 public:
  struct Parts {
    EngineStore& store;
    Intake& intake;
    OperatorSet operators;
    const ZoneSource* zones = nullptr;
    EngineOptions options = {};
  };

  // Reads the store's mark and pending wake-ups.
  //
  // Errors  corrupt, io_failed  as the store says
  // Cost    a scan of the pending wake-ups: about 0.2 s per million
  static Result<std::unique_ptr<Engine>> open(Parts parts);

  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Steps what is waiting into the open batch: carried messages, owed clock notices, due wake-ups,
  // then inputs, reserved ones first, each followed by the messages it causes. May be called again
  // before seal(), which adds to the same batch. Returns the number of records stepped.
  //
  // What waits in the intake at the first call goes before what is due: a host puts the offers of
  // its executors there, or attempts would be granted to the life of the process that has ended.
  //
  // Errors  io_failed, corrupt  a read of the store failed: the whole open batch is void; the
  // driver
  //                             must abandon. Every later call fails alike until reopen.
  Result<std::size_t> step(ClockReading reading);

  // Closes the open batch and gives it out for its commit; null when nothing was stepped.
  // Requires that fewer than two batches are out.
  std::unique_ptr<PendingCommit> seal();

  // The oldest batch that is out, which ends at that position, is durable. It is released, or will
  // be before the host commits another.
  void on_committed(JournalPosition last_position);

  // A commit failed, or a step did: everything not durable is void. The batches that are out come
  // back, oldest first. Inputs of class `kept` go back into the intake; all others are completed:
  // those of the batch that was handed to the store with `error`, those of later ones with
  // `unavailable` (they certainly were not stored). The engine then does nothing until reopen.
  void abandon(Error error, std::span<std::unique_ptr<PendingCommit>> out);

  // Reads everything again, after the store was opened anew. Returns facts that turned out to be
  // durable although they were never released; the driver releases them.
  Result<std::vector<FactRecord>> reopen();

  [[nodiscard]] const std::optional<Error>& halted() const { return halted_; }
  [[nodiscard]] const OpenSummary& opened() const { return opened_; }
  [[nodiscard]] const EngineCounts& counts() const { return counts_; }
  [[nodiscard]] std::size_t wake_ups_pending() const { return wake_ups_.size(); }

  // True when step() has something to do besides inputs and time that has yet to pass.
  [[nodiscard]] bool has_backlog() const {
    return !messages_.empty() || !drained_.empty() || clock_step_.has_value();
  }

  // The earliest pending wake-up.
  [[nodiscard]] std::optional<Instant> next_due() const;

 private:
  // The input whose chain is being followed; its record may lie in an earlier batch.
  struct Chain {
    SettledInput input;
    Answered answered;
    std::optional<Error> error;
    bool own_record_failed = false;
    bool carried = false;
  };

  explicit Engine(Parts parts);
  Result<void> rebuild();
  Result<void> load_wake_ups(const StoreMark& mark);

  [[nodiscard]] bool batch_full() const;
  void observe_clock(ClockReading reading);
  Result<void> step_clock_notices();
  Result<void> step_due();
  Result<void> step_inputs();
  Result<void> step_input(EngineInput input);
  Result<void> follow_messages();
  void settle_chain();
  void carry_chain();

  Result<void> tell_if_owed(OperatorName op, std::string_view key);
  Result<void> notify_clock_step(OperatorName op, std::string_view key);
  Result<void> step_record(JournalRecord record);
  Result<void> run_operator(const JournalRecord& record);
  void keep_step(const JournalRecord& record);
  void discard_step(const JournalRecord& record, Error error);

  EngineStore& store_;
  Intake& intake_;
  OperatorSet operators_;
  const EngineOptions options_;
  OpenSummary opened_;
  EngineCounts counts_;

  StateTable state_;
  WakeUpTable wake_ups_;
  StepContext context_;
  Stamper stamper_;
  JournalPosition last_position_;
  JournalPosition released_until_;
  std::optional<ClockStepNotice> clock_step_;
  std::deque<CarriedMessage> messages_;  // Sent and not stepped yet; all of one chain.
  std::optional<Chain> chain_;
  std::deque<EngineInput> drained_;  // Taken from the intake and not stepped yet.

  std::unique_ptr<PendingCommit> open_;  // The open batch.
  struct OpenUse {
    std::size_t inputs = 0;
    std::size_t input_bytes = 0;
    std::size_t due = 0;
  } use_;                             // What of BatchLimits the open batch has used.
  std::size_t turn_inputs_left_ = 0;  // Of BatchLimits::turn, in the present step.
  std::size_t turn_due_left_ = 0;
  std::optional<std::size_t> inputs_ahead_;  // Left of those that go before what is due.
  std::size_t batches_out_ = 0;
  std::optional<Error> halted_;
};

// The operators of the core, made by `make` (make_operator outside tests).
template <class Make>
OperatorSet make_operators(Make&& make) {
  OperatorSet set;
  for (const OperatorName name :
       {OperatorName::task_scheduler, OperatorName::queue_dispatcher,
        OperatorName::workflow_orchestrator, OperatorName::command_deduplicator}) {
    set[static_cast<std::size_t>(name)] = make(name);
  }
  return set;
}

}  // namespace carillon
