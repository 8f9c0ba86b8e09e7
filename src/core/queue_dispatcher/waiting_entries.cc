#include "core/queue_dispatcher/waiting_entries.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"

namespace carillon::queue_dispatcher {
namespace {

constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kIdBytes = 16;
static_assert(kWaitingEntryBytes == kNumberBytes + kIdBytes + kNumberBytes);

void append_number(Bytes& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
}

std::uint64_t read_number(std::string_view in) {
  std::uint64_t number = 0;
  for (const char byte : in.substr(0, kNumberBytes)) {
    number = (number << 8) | static_cast<unsigned char>(byte);
  }
  return number;
}

}  // namespace

void append_entry(Bytes& entries, const WaitingEntry& entry) {
  append_number(entries, entry.ordinal);
  entries += entry.task.value().raw();
  append_number(entries, entry.fence.value());
}

WaitingEntry entry_at(const Bytes& entries, std::size_t at) {
  CARILLON_CHECK(at < entry_count(entries));
  const auto packed = std::string_view(entries).substr(at * kWaitingEntryBytes, kWaitingEntryBytes);
  Uuid id;
  std::ranges::copy(packed.substr(kNumberBytes, kIdBytes), id.bytes.begin());
  return {.ordinal = read_number(packed),
          .task = TaskId(id),
          .fence = Fence(read_number(packed.substr(kNumberBytes + kIdBytes)))};
}

void remove_entry(Bytes& entries, std::size_t at) {
  CARILLON_CHECK(at < entry_count(entries));
  entries.erase(at * kWaitingEntryBytes, kWaitingEntryBytes);
}

std::optional<std::size_t> find_entry(const Bytes& entries, const TaskId& task, Fence fence) {
  for (std::size_t at = 0; at < entry_count(entries); ++at) {
    const WaitingEntry entry = entry_at(entries, at);
    if (entry.task == task && entry.fence == fence) return at;
  }
  return std::nullopt;
}

}  // namespace carillon::queue_dispatcher
