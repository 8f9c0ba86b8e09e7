#include "domain/id/derived_ids.h"

#include <cstddef>
#include <cstdint>

#include "base/hash.h"

namespace carillon {
namespace {

constexpr std::size_t kTaskBytes = 16;
constexpr std::size_t kWorkflowKeyBytes = kTaskBytes + 4;

// Any two keys that differ; they are part of what an id is and never change.
constexpr SipKey kHighHalf{.low = 0x636172696c6c6f6e, .high = 1};
constexpr SipKey kLowHalf{.low = 0x636172696c6c6f6e, .high = 2};

}  // namespace

Key workflow_key(const RunId& run) {
  Key key(run.task.value().raw());
  for (int shift = 24; shift >= 0; shift -= 8)
    key.push_back(static_cast<char>(run.number >> shift));
  return key;
}

std::optional<RunId> parse_workflow_key(std::string_view key) {
  if (key.size() != kWorkflowKeyBytes) return std::nullopt;
  const auto task = uuid_from_raw(key.substr(0, kTaskBytes));
  if (!task) return std::nullopt;
  std::uint32_t number = 0;
  for (const char byte : key.substr(kTaskBytes)) {
    number = (number << 8) | static_cast<unsigned char>(byte);
  }
  return RunId{.task = TaskId(*task), .number = number};
}

Uuid derived_uuid(std::string_view seed) {
  const std::uint64_t halves[] = {siphash_2_4(seed, kHighHalf), siphash_2_4(seed, kLowHalf)};
  Uuid id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(halves[i / 8] >> (56 - 8 * (i % 8)));
  }
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x80);  // Version 8.
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);  // Variant 10.
  return id;
}

}  // namespace carillon
