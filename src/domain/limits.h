// Every bound of the product's own, with the reason for its size. Values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/instant.h"

namespace carillon::limits {

inline constexpr std::size_t kNameBytes = 256;
inline constexpr std::size_t kDescriptionBytes = 4096;
inline constexpr std::size_t kParametersBytes = 1 << 20;  // One request body.
inline constexpr std::size_t kTagCount = 32;
inline constexpr std::size_t kTagBytes = 64;
inline constexpr std::size_t kQueueNameBytes = 64;
inline constexpr std::size_t kReasonBytes = 1024;
inline constexpr std::size_t kCronCount = 16;
inline constexpr std::size_t kCronBytes = 512;
inline constexpr std::size_t kBatchItems = 1000;
inline constexpr std::size_t kWorkflowSteps = 200;
inline constexpr std::size_t kWorkflowEdges = 2000;  // dependsOn entries over all steps.
inline constexpr std::size_t kStepNameBytes = 64;

// Faults told of one document. A body full of them would be answered with fifty times its size.
inline constexpr std::size_t kFaults = 100;

// What one step may take in from the steps before it, all results together.
inline constexpr std::size_t kStepInputsBytes = 1 << 20;

// A result larger than this is cut by the executor; whole data belongs into a file or table.
inline constexpr std::size_t kResultBytes = 64 * 1024;
inline constexpr std::size_t kErrorBytes = 8 * 1024;

inline constexpr std::uint32_t kPriorityMax = 9;
inline constexpr std::uint32_t kPriorityDefault = 5;
inline constexpr std::uint32_t kMaxRetries = 1000;
inline constexpr Duration kRetryDelayMax = Duration::days(30);
inline constexpr Duration kEveryMin = Duration::seconds(1);
inline constexpr Duration kEveryMax = Duration::days(3650);
inline constexpr Duration kJitterMax = Duration::days(1);
inline constexpr Duration kMisfireAfterMin = Duration::seconds(1);
inline constexpr Duration kMisfireAfterMax = Duration::days(1);
inline constexpr Duration kTimeoutMax = Duration::days(30);

// A runAt this far in the past still runs: clients' clocks are skewed.
inline constexpr Duration kRunAtGrace = Duration::minutes(1);

// A slot decided within this of its due time counts as on time.
inline constexpr Duration kOnTime = Duration::seconds(1);

// Work per step: more is done in further steps, so that one key never holds up a batch.
inline constexpr int kSlotsPerStep = 256;
inline constexpr int kGrantsPerStep = 64;
inline constexpr int kChildrenPerStep = 64;

// Entries of one chunk of a waiting list.
inline constexpr std::size_t kChunkEntries = 64;

// Places one worker may offer in one lane of one queue.
inline constexpr std::uint32_t kWorkerSlots = 1024;
inline constexpr std::size_t kWorkersPerQueue = 256;

// How long the state of a finished workflow run can be read; its result stays with the run.
inline constexpr Duration kWorkflowViewWindow = Duration::days(7);

// How long an idempotency key is remembered.
inline constexpr Duration kIdempotencyWindow = Duration::hours(24);

}  // namespace carillon::limits
