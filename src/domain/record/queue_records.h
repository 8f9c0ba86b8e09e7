// What a queue is told. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "domain/id/ids.h"
#include "domain/policy/policy_words.h"
#include "domain/record/task_messages.h"

namespace carillon {

// A run may start its next attempt as soon as there is a place.
struct RunReady {
  TaskId task;
  Fence fence;
  Lane lane = Lane::cpu;
  std::uint32_t priority = 0;

  static constexpr auto fields() {
    return std::tuple{Field{1, "task", &RunReady::task}, Field{2, "fence", &RunReady::fence},
                      Field{3, "lane", &RunReady::lane}, Field{4, "priority", &RunReady::priority}};
  }
};

// A waiting attempt is not wanted any more. One that was granted already is not touched.
struct RunWithdrawn {
  TaskId task;
  Fence fence;

  static constexpr auto fields() {
    return std::tuple{Field{1, "task", &RunWithdrawn::task},
                      Field{2, "fence", &RunWithdrawn::fence}};
  }
};

// A granted attempt has ended (or its grant was refused): the place is free again.
struct RunReleased {
  TaskId task;
  Fence fence;
  bool forget = false;  // The task is gone: drop what is remembered about it.

  static constexpr auto fields() {
    return std::tuple{Field{1, "task", &RunReleased::task}, Field{2, "fence", &RunReleased::fence},
                      Field{3, "forget", &RunReleased::forget}};
  }
};

struct LaneSlots {
  Lane lane = Lane::cpu;
  std::uint32_t slots = 0;

  friend bool operator==(const LaneSlots&, const LaneSlots&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "lane", &LaneSlots::lane}, Field{2, "slots", &LaneSlots::slots}};
  }
};

// What a worker offers this queue in all, places in use included. Replaces its earlier offer; a
// newer epoch also declares everything granted to an older one lost.
struct WorkerCredit {
  WorkerName worker;
  BootEpoch epoch;
  std::vector<LaneSlots> lanes;
  Claim claim = Claim::none;

  static constexpr auto fields() {
    return std::tuple{
        Field{1, "worker", &WorkerCredit::worker}, Field{2, "epoch", &WorkerCredit::epoch},
        Field{3, "lanes", &WorkerCredit::lanes}, Field{4, "claim", &WorkerCredit::claim}};
  }
};

// The worker of that epoch or an older one is gone; what it held is lost.
struct WorkerLost {
  WorkerName worker;
  BootEpoch epoch;
  std::string reason;

  static constexpr auto fields() {
    return std::tuple{Field{1, "worker", &WorkerLost::worker},
                      Field{2, "epoch", &WorkerLost::epoch},
                      Field{3, "reason", &WorkerLost::reason}};
  }
};

struct QueueChanged {
  std::optional<std::uint32_t> concurrency_max;  // Attempts running at once; none means no limit.
  bool paused = false;

  static constexpr auto fields() {
    return std::tuple{Field{1, "concurrencyMax", &QueueChanged::concurrency_max},
                      Field{2, "paused", &QueueChanged::paused}};
  }
};

}  // namespace carillon
