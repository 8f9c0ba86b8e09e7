// Keeps the read models behind the engine: takes released facts from memory while it keeps up, and
// from the engine's store when it does not.
//
// Runtime; a thread of its own. The committing thread only appends to a bounded queue or, when that
// is full, leaves a mark; it never waits for a view.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/result.h"
#include "ports/effect_sink.h"
#include "ports/engine_store.h"
#include "ports/task_repository.h"
#include "runtime/views/view_progress.h"
#include "runtime/views/work_share.h"

namespace carillon {

// How far the views are behind what the engine has released.
struct ViewLag {
  std::uint64_t positions = 0;
  // Between the oldest and the newest fact that the views lack; zero while they have none. Time in
  // which nothing happened does not count.
  Duration age;
};

// Visits every task as it is now, in portions; stops at the first error of the visitor. Needed to
// fill views anew once the facts of the beginning are no longer kept.
using SnapshotSource = std::function<Result<void>(
    const std::function<Result<void>(std::span<const TaskSnapshot>)>& visit)>;

struct ViewWriterOptions {
  std::size_t queue_facts = 65'536;
  std::size_t queue_bytes = std::size_t{32} << 20;
  std::size_t batch_facts = 8'192;  // Per transaction; the bound on what one batch holds in memory.
  // Facts gathered for this long become one transaction, unless somebody waits for them or a batch
  // is full. A life that fits in is written once, when it is over.
  std::chrono::milliseconds gather{150};
  // Without facts for this long, what the repository has put off is done piece by piece.
  std::chrono::milliseconds pause{50};
  std::chrono::milliseconds retry{250};        // After an error of a store.
  SnapshotSource snapshots;                    // May be empty.
  std::function<void(const Error&)> on_error;  // For the log; called on the writer's thread.
  std::function<void()> on_thread;             // Called by the writer's thread when it begins.
  // Called while facts are applied, every some ten microseconds, so that the engine's threads go
  // first; not while somebody waits for the views, nor while they are behind by more than
  // `behind_max`. May be empty.
  std::function<void()> let_others_run;
  // With `let_others_run`, while the engine works and nobody waits, the views take this much of a
  // core, and more the further they are behind: all of it at `behind_max`. So a burst passes before
  // its rows are written, and a flood is followed.
  double share_min = 0.05;
  Duration behind_max = Duration::seconds(5);
  // An engine that has released nothing for this long does not need the core.
  std::chrono::milliseconds engine_idle{10};
};

class ViewWriter final : public EffectSink, public ViewProgress {
 public:
  // Requires  store and repository outlive the writer; nobody else applies to the repository
  ViewWriter(const EngineStore& store, TaskRepository& repository, ViewWriterOptions options = {});

  // Stops.
  ~ViewWriter() override;

  // Begins to follow, first through the store from what the views have.
  void start();

  // Ends after the transaction under way. What is not applied is applied after the next start.
  void stop();

  // Forgets the views and fills them again, in the thread of the writer: what a reader asks for who
  // was told that they are damaged.
  void rebuild();

  // Facts of one durable commit. Cost: one copy of each task event; never waits for a disk.
  void release(std::span<const FactRecord> facts) override;

  // As ViewProgress. Cost: one transaction with what has gathered, which ends early for the sake of
  // the caller.
  Result<void> wait_for(JournalPosition position, std::chrono::milliseconds timeout) override;

  [[nodiscard]] ViewLag lag() const;

  // The last error, none after a success. While there is one, the views do not move.
  [[nodiscard]] std::optional<Error> trouble() const;

 private:
  enum class Task : std::uint8_t { stop, step, backlog };
  void follow();
  Task await_task();
  Result<void> begin_anew();
  Result<void> fill_gap();
  Result<void> step();
  Result<void> step_from_store();
  Result<void> step_from_queue();
  Result<void> work_on_backlog();
  Result<void> apply(std::span<const FactRecord> facts);
  void note_caught_up(JournalPosition position);
  [[nodiscard]] Duration missing_age() const;
  void note_press();
  void give_way();
  void note_trouble(const Error& error);

  const EngineStore& store_;
  TaskRepository& repository_;
  const ViewWriterOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;   // Something for the thread to do.
  std::condition_variable advanced_;  // caught_up_ has grown, or the writer stops.
  std::condition_variable pressed_;   // is_pressed_ is true now.
  std::vector<FactRecord> queue_;
  std::size_t queue_bytes_ = 0;
  bool is_behind_ = true;     // The queue lacks facts that the store has.
  bool owes_step_ = false;    // The last task was a piece of the backlog.
  bool has_checked_ = false;  // That the store still has the facts after applied().
  bool is_rebuild_due_ = false;
  bool is_stopping_ = false;
  std::atomic<bool> is_pressed_ = false;       // No time to let others go first.
  std::atomic<double> share_ = 1;              // Of a core, while the engine works.
  std::atomic<std::int64_t> released_ns_ = 0;  // Of the steady clock, at the last release.
  WorkShare work_;                             // Of the writer's thread.
  std::int64_t offered_ns_ = 0;                // When the core was offered last; likewise.
  bool is_idle_ = false;  // The thread sleeps until there is a fact, not while facts gather.
  std::size_t waiters_ = 0;
  JournalPosition released_;  // Newest position released, of any topic.
  Instant released_at_;
  Instant missing_since_;      // Time of the first fact released after the views had everything.
  JournalPosition caught_up_;  // Everything up to here is in the views.
  Instant applied_at_;
  std::optional<Error> trouble_;
  std::thread thread_;
};

}  // namespace carillon
