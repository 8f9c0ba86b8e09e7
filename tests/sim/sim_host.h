// A whole engine in one thread and virtual time: the real Engine over a simulated disk, clock and
// executor. Deterministic: a seed and the calls give one history.
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

namespace carillon {

using OperatorMaker = std::function<std::unique_ptr<Operator>(OperatorName)>;

struct SimHostOptions {
  std::uint64_t seed = 1;
  Instant start = Instant::from_unix_ms(1'767'225'600'000);  // 2026-01-01T00:00:00Z
  OperatorMaker make;
  const ZoneSource* zones = nullptr;
  EngineOptions engine = {.batch = {}, .state_cache_bytes = 1 << 20};
  SimExecutor::Options executor = {};

  // What a failed commit leads to: the engine reopens its store as a server does, or the process
  // dies in that moment and is started again.
  enum class OnFailedCommit : std::uint8_t {
    reopen,
    crash
  } on_failed_commit = OnFailedCommit::reopen;
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

  // The process dies without warning: what is not durable is gone. Down until start().
  void crash();
  void start();
  void crash_and_restart() {
    crash();
    start();
  }
  [[nodiscard]] bool running() const { return engine_ != nullptr; }

  // Everything that was released to the world, in that order, over all lives of the process.
  [[nodiscard]] const std::vector<FactRecord>& facts() const { return facts_; }

  [[nodiscard]] SimClock& clock() { return clock_; }
  [[nodiscard]] SimDisk& disk() { return disk_; }
  [[nodiscard]] SimExecutor& executor() { return executor_; }
  [[nodiscard]] SimEntropy& entropy() { return entropy_; }
  [[nodiscard]] Engine& engine() { return *engine_; }
  [[nodiscard]] EngineStore& store() { return *store_; }

  // Called with every batch before it is committed; for tests that look at bytes and order.
  std::function<void(const EngineBatch&)> on_batch;

 private:
  void release(std::span<const FactRecord> facts) override;
  bool work_once();
  bool feed_executor_reports();
  void seal_one();
  void commit_all();
  void recover(Error error);
  void try_reopen();
  [[nodiscard]] ClockReading reading() const { return {clock_.wall(), clock_.monotonic_ns()}; }

  const SimHostOptions options_;
  SimDisk disk_;
  SimClock clock_;
  SimEntropy entropy_;
  SimExecutor executor_;
  std::unique_ptr<SimEngineStore> store_;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<Engine> engine_;
  std::vector<std::unique_ptr<PendingCommit>> out_;
  std::vector<FactRecord> facts_;
};

}  // namespace carillon
