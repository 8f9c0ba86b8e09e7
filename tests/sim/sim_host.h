// A whole engine in one thread and virtual time: the real Engine over a simulated disk, clock and
// surroundings. Deterministic: a seed and the calls give one history.
//
// The seed decides how inputs fall into batches and whether a batch is stepped on top of one that
// is not committed yet, as the threads of a server would by chance.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "ports/effect_sink.h"
#include "runtime/engine/engine.h"
#include "tests/sim/sim_clock.h"
#include "tests/sim/sim_engine_store.h"
#include "tests/sim/sim_entropy.h"
#include "tests/sim/sim_executor.h"
#include "tests/sim/sim_surroundings.h"

namespace carillon {

using OperatorMaker = std::function<std::unique_ptr<Operator>(OperatorName)>;

// The places between durable steps at which a process may die.
enum class SimMoment : std::uint8_t {
  stepped,    // Records are stepped, the batch is open.
  sealed,     // The batch is given out, the store has not seen it.
  committed,  // It is durable, nobody was told.
  released,   // Executors have its effects, no client has its answer.
};

struct SimHostOptions {
  std::uint64_t seed = 1;
  Instant start = Instant::from_unix_ms(1'767'225'600'000);  // 2026-01-01T00:00:00Z
  OperatorMaker make;
  const ZoneSource* zones = nullptr;
  EngineOptions engine = {.batch = {}, .state_cache_bytes = 1 << 20};
  SimExecutor::Options executor = {};
  SimSurroundings* surroundings = nullptr;  // None: the executor alone.

  // What a failed commit leads to: the engine reopens its store as a server does, or the process
  // dies in that moment, and is started again at once or by somebody else.
  enum class OnFailedCommit : std::uint8_t {
    reopen,
    crash_and_restart,
    crash
  } on_failed_commit = OnFailedCommit::reopen;
  Duration reopen_after = {};  // How long a stalled engine waits before each try to reopen.

  std::function<bool(SimMoment)> dies_at = {};            // Asked at every moment.
  std::function<Duration()> commit_takes = {};            // Asked for every commit.
  std::function<void(const EngineBatch&)> on_batch = {};  // Told before it is committed.
};

class SimHost final : private EffectSink {
 public:
  explicit SimHost(SimHostOptions options);
  ~SimHost() override;

  // Puts an input in; nothing is stepped yet.
  Result<void> submit(EngineInput input);

  // Puts a client's input in, lets the engine work and returns what the sender is told.
  Result<Answered> ask(OperatorName to, Key key, RecordType type, Bytes payload);

  // Works until nothing is left to do at this moment. No time passes.
  void settle();

  // Time passes: every wake-up and every end of an attempt on the way happens at its own moment.
  void advance_to(Instant wall);
  void advance(Duration span) { advance_to(clock_.wall() + span); }

  // How long until the engine or its surroundings have something to do; none when nothing waits.
  [[nodiscard]] std::optional<Duration> until_next() const;

  // The process dies without warning: what is not durable is gone. Down until start().
  void crash();
  void start();
  void crash_and_restart() {
    crash();
    start();
  }
  [[nodiscard]] bool running() const { return engine_ != nullptr; }

  // Up, and nothing of it waits for the disk.
  [[nodiscard]] bool at_rest() const { return running() && !engine_->halted() && out_.empty(); }

  // Bounds of the engine from the next start on.
  void configure(EngineOptions engine) { options_.engine = engine; }
  void on_failed_commit(SimHostOptions::OnFailedCommit then) { options_.on_failed_commit = then; }

  // Everything that was released to the world, in that order, over all lives of the process.
  [[nodiscard]] const std::vector<FactRecord>& facts() const { return facts_; }

  [[nodiscard]] SimClock& clock() { return clock_; }
  [[nodiscard]] SimDisk& disk() { return disk_; }
  [[nodiscard]] SimExecutor& executor() { return executor_; }
  [[nodiscard]] SimEntropy& entropy() { return entropy_; }
  [[nodiscard]] Engine& engine() { return *engine_; }
  [[nodiscard]] EngineStore& store() { return *store_; }

  // As in the options; for tests that begin to look later.
  std::function<void(const EngineBatch&)>& on_batch() { return options_.on_batch; }

 private:
  class ExecutorAlone;
  enum class Fate : std::uint8_t { lives, died };

  void release(std::span<const FactRecord> facts) override;
  bool work_once();
  bool step_and_seal(std::size_t portions);
  Fate reach(SimMoment moment);
  bool commit_ready();
  void recover(Error error);
  void try_reopen();
  [[nodiscard]] ClockReading reading() const { return {clock_.wall(), clock_.monotonic_ns()}; }

  SimHostOptions options_;
  SimDisk disk_;
  SimClock clock_;
  SimEntropy entropy_;
  SimExecutor executor_;
  std::unique_ptr<SimSurroundings> own_surroundings_;
  SimSurroundings& surroundings_;
  std::unique_ptr<SimEngineStore> store_;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<Engine> engine_;
  std::vector<std::unique_ptr<PendingCommit>> out_;
  std::optional<std::int64_t> commit_done_ns_;  // When the disk is done with the oldest batch.
  std::int64_t reopen_at_ns_ = 0;
  std::vector<FactRecord> facts_;
};

}  // namespace carillon
