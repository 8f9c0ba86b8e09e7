// The bounded door of an engine: any thread puts inputs in, the engine takes them out. Thread-safe.
//
// Two rooms: clients have one, executors' reports and credits the other, so that a flood of
// requests never keeps a finished attempt from being stored. What was accepted is never dropped.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "runtime/engine/doorbell.h"
#include "runtime/engine/engine_input.h"

namespace carillon {

struct IntakeLimits {
  std::size_t client_records = 65'536;
  std::size_t client_bytes = 64 << 20;
  std::size_t reserved_records = 65'536;
  std::size_t reserved_bytes = 64 << 20;
};

struct IntakeDepth {
  std::size_t client_records = 0;
  std::size_t client_bytes = 0;
  std::size_t reserved_records = 0;
  std::size_t reserved_bytes = 0;
};

class Intake {
 public:
  explicit Intake(IntakeLimits limits, Doorbell* bell = nullptr);
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  // Takes one input. On refusal it is untouched, its completion included.
  //
  // Guarantees  an accepted input is completed exactly once, inputs of one room in order
  // Errors      overloaded     its room is full
  //             shutting_down, storage_full, unavailable, ...  why the engine takes nothing now;
  //                            `kept` inputs are refused by shutting_down only
  Result<void> submit(EngineInput&& input);

  // Takes all of the inputs or none. Requires one class and at most limits::kBatchItems of them.
  Result<void> submit_group(std::vector<EngineInput>& inputs);

  // Moves waiting inputs to the end of `out`, reserved ones first, until either bound is met.
  void drain(std::size_t records_max, std::size_t bytes_max, std::vector<EngineInput>& out);

  // Rings from now on only while at least that many inputs wait. True when so many wait already.
  // While a batch is synced nothing is gained by waking the engine for each single input.
  bool ring_from(std::size_t waiting);

  // Puts `kept` inputs back before all others, in their order, after a commit has failed.
  void put_back(std::vector<EngineInput> inputs);

  // Refuses new inputs with `why` from now on; `kept` ones are still taken unless it is
  // shutting_down. What is waiting stays.
  void close(Error why);

  // Takes out all that waits except `kept` inputs, for the caller to complete with an error.
  std::vector<EngineInput> take_refused();

  void open();

  [[nodiscard]] IntakeDepth depth() const;
  [[nodiscard]] bool empty() const;

 private:
  [[nodiscard]] Result<void> admit(InputClass input_class, std::size_t records,
                                   std::size_t bytes) const;
  void take(EngineInput&& input);
  [[nodiscard]] bool should_ring() const { return client_.size() + reserved_.size() >= ring_from_; }
  static void drain_room(std::deque<EngineInput>& room, std::size_t records_max,
                         std::size_t& bytes_left, std::vector<EngineInput>& out);

  const IntakeLimits limits_;
  Doorbell* const bell_;
  mutable std::mutex mutex_;
  std::deque<EngineInput> client_;
  std::deque<EngineInput> reserved_;
  IntakeDepth depth_;
  std::optional<Error> closed_;
  std::size_t ring_from_ = 1;
};

}  // namespace carillon
