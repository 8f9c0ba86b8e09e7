// An executor without handlers: attempts end after a scripted virtual time in a scripted way. One
// thread.
//
// It reads the facts that an engine releases and answers with the inputs a real executor would
// send. It keeps its own record of what was run, for checkers that must not trust the product.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/record/facts.h"
#include "domain/record/queue_records.h"
#include "runtime/engine/engine_input.h"

namespace carillon {

// How one attempt goes. Of several plans for a name each is used once, and the last one for good.
struct AttemptPlan {
  std::optional<Duration> takes = Duration{};  // None: it hangs and never speaks again.
  FinishKind kind = FinishKind::completed;
  Outcome outcome;
};

// What the executor witnessed of one attempt.
struct WitnessedAttempt {
  AttemptId attempt;
  Fence fence;
  Instant started;
  std::optional<Instant> ended;
  std::optional<FinishKind> kind;
};

class SimExecutor {
 public:
  struct Options {
    WorkerName worker{"sim"};
    std::uint32_t slots = 16;  // In every lane, for every queue.
  };

  explicit SimExecutor(Options options) : options_(std::move(options)) {}

  // Plans the attempts of tasks with that name; without a plan by name the one of the task type
  // counts, without either they complete at once.
  void plan(const std::string& name_or_type, std::vector<AttemptPlan> plans);

  // Takes in what was released. Answers for it come out of take_due.
  void observe(std::span<const FactRecord> facts, Instant now);

  // The process has died: what was running is gone. Known queues are offered places anew.
  void restart(BootEpoch epoch, Instant now);

  [[nodiscard]] std::optional<Instant> next_event() const;

  // The reports that are due at or before `now`, in the order in which they came up.
  std::vector<EngineInput> take_due(Instant now);

  [[nodiscard]] const std::vector<WitnessedAttempt>& witnessed() const { return witnessed_; }

 private:
  struct Report {
    EngineInput input;
    std::optional<std::size_t> ends;  // The witnessed attempt that it ends.
    FinishKind kind = FinishKind::completed;
  };

  AttemptPlan next_plan(const AttemptDispatched& dispatched);
  void start(const AttemptDispatched& dispatched, Instant now);
  void stop(const AttemptStopRequested& request, Instant now);
  void offer(const QueueName& queue, Instant now);

  const Options options_;
  BootEpoch epoch_;
  std::map<std::string, std::vector<AttemptPlan>> plans_;
  std::vector<QueueName> queues_;
  std::multimap<Instant, Report> reports_;
  std::vector<WitnessedAttempt> witnessed_;
};

}  // namespace carillon
