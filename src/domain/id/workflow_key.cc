#include "domain/id/workflow_key.h"

#include <cstdint>

namespace carillon {
namespace {

constexpr std::size_t kTaskBytes = 16;
constexpr std::size_t kKeyBytes = kTaskBytes + 4;

}  // namespace

Key workflow_key(const RunId& run) {
  Key key(run.task.value().raw());
  for (int shift = 24; shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>(run.number >> shift));
  }
  return key;
}

std::optional<RunId> run_of_workflow_key(std::string_view key) {
  if (key.size() != kKeyBytes) return std::nullopt;
  const auto task = uuid_from_raw(key.substr(0, kTaskBytes));
  if (!task) return std::nullopt;
  std::uint32_t number = 0;
  for (const char c : key.substr(kTaskBytes)) number = number << 8 | static_cast<std::uint8_t>(c);
  return RunId{.task = TaskId{*task}, .number = number};
}

}  // namespace carillon
