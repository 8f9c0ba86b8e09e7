// Drives one engine in a server: a thread that steps, and one that commits while it steps on.
//
// Group commit without a timer: what arrives while one batch is synced becomes the next. A small
// batch is committed by the stepping thread itself, which saves an idle system the change of
// threads. After a failed commit it is stalled: reads go on, new inputs are refused with the cause,
// and once a second it tries to open the store again and go on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "ports/clock.h"
#include "ports/effect_sink.h"
#include "runtime/engine/doorbell.h"
#include "runtime/engine/engine.h"

namespace carillon {

enum class EngineState : std::uint8_t { running, stalled, stopped };

// One commit, for histograms. Told on the thread that committed.
struct CommitSample {
  std::int64_t commit_ns = 0;
  std::size_t records = 0;
};

// A consistent moment of what metrics show.
struct EngineGauges {
  EngineState state = EngineState::stopped;
  EngineCounts counts;
  std::uint64_t commits_failed = 0;
  std::size_t wake_ups_pending = 0;
  IntakeDepth intake;
};

class EngineThread {
 public:
  struct Parts {
    EngineStore& store;
    EffectSink& sink;
    const Clock& clock;
    OperatorSet operators;
    const ZoneSource* zones = nullptr;
    EngineOptions engine = {};
    IntakeLimits intake = {};
    // Batches up to this size are committed where they are stepped, if nothing else waits: two
    // wake-ups less. Larger ones mean that more is coming, which is stepped meanwhile.
    std::size_t inline_records = 4;
    std::function<void(CommitSample)> on_commit = {};
  };

  // Opens the engine on its store; nothing runs yet, but inputs are taken. Errors as Engine::open.
  static Result<std::unique_ptr<EngineThread>> open(Parts parts);

  // Stops it if it runs.
  ~EngineThread();
  EngineThread(const EngineThread&) = delete;
  EngineThread& operator=(const EngineThread&) = delete;

  void start();

  // Refuses new inputs, steps and commits everything taken, and ends the threads. What a stalled
  // engine cannot store any more is completed with shutting_down. Called by the thread that
  // started.
  void stop();

  // Where inputs go in; any thread.
  [[nodiscard]] Intake& intake() { return intake_; }

  [[nodiscard]] const OpenSummary& opened() const { return opened_; }

  // Any thread.
  [[nodiscard]] EngineGauges gauges() const;
  [[nodiscard]] std::optional<Error> stalled_by() const;

 private:
  explicit EngineThread(Parts parts);

  void run();
  bool turn();
  void recover();
  void stall(Error error);
  void try_reopen();
  // What has become of a batch.
  struct Committed {
    Result<void> result;
    JournalPosition last_position;
    std::unique_ptr<PendingCommit> failed;  // The batch, if it was not stored.
  };

  void hand_over(std::unique_ptr<PendingCommit> pending);
  bool is_releasing();
  bool collect();
  void finish(Committed committed);
  void commit_loop();
  Committed commit(std::unique_ptr<PendingCommit> pending);
  Committed write(std::unique_ptr<PendingCommit>& pending);
  void wait(std::int64_t limit_ns);
  void publish(EngineState state);
  [[nodiscard]] ClockReading reading() const { return {clock_.wall(), clock_.monotonic_ns()}; }

  EngineStore& store_;
  EffectSink& sink_;
  const Clock& clock_;
  const std::size_t inline_records_;
  const std::function<void(CommitSample)> on_commit_;
  Doorbell bell_;
  Intake intake_;
  std::unique_ptr<Engine> engine_;
  OpenSummary opened_;

  // Of the stepping thread.
  bool in_flight_ = false;                 // The committing thread has a batch.
  std::unique_ptr<PendingCommit> failed_;  // The batch whose commit failed.
  std::optional<Error> failure_;
  std::int64_t reopen_at_ns_ = 0;
  std::uint64_t commits_failed_ = 0;

  // Between the two threads.
  std::mutex hand_mutex_;
  std::condition_variable hand_bell_;
  std::unique_ptr<PendingCommit> handed_;  // To be committed.
  std::optional<Committed> committed_;     // To be taken back.
  bool is_releasing_ = false;              // The committing thread is not done with its last batch.
  bool committer_ends_ = false;

  mutable std::mutex gauges_mutex_;
  EngineGauges gauges_;
  std::optional<Error> stalled_by_;

  std::atomic<bool> stopping_ = false;
  std::thread stepper_;
  std::thread committer_;
};

}  // namespace carillon
