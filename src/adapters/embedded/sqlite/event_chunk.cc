#include "adapters/embedded/sqlite/event_chunk.h"

#include <array>

namespace carillon {
namespace {

std::uint64_t difference(std::uint64_t from, std::uint64_t to) {
  return wire::zigzag(static_cast<std::int64_t>(to - from));
}

std::uint64_t after(std::uint64_t from, std::uint64_t difference) {
  return from + static_cast<std::uint64_t>(wire::unzigzag(difference));
}

}  // namespace

Bytes pack_events(std::span<const TaskEventRef> events) {
  Bytes out;
  TaskEventRef before;
  for (const TaskEventRef& event : events) {
    wire::put_varint(out, event.version.value() - before.version.value());
    wire::put_varint(out, difference(before.position.value(), event.position.value()));
    wire::put_varint(out, wire::zigzag((event.at - before.at).ms()));
    wire::put_varint(out, static_cast<std::uint64_t>(event.type));
    before = event;
  }
  return out;
}

Result<std::vector<TaskEventRef>> unpack_events(std::string_view bytes) {
  std::vector<TaskEventRef> events;
  TaskEventRef event;
  while (!bytes.empty()) {
    std::array<std::uint64_t, 4> values{};
    for (std::uint64_t& value : values) {
      if (!wire::take_varint(bytes, value)) {
        return fail(ErrorCode::corrupt, "A row of facts of a task ends inside a fact.",
                    "It is rebuilt from the engine's facts.");
      }
    }
    event.version = TaskVersion{event.version.value() + values[0]};
    event.position = JournalPosition{after(event.position.value(), values[1])};
    event.at = event.at + Duration::milliseconds(wire::unzigzag(values[2]));
    event.type = static_cast<FactType>(values[3]);
    events.push_back(event);
  }
  return events;
}

}  // namespace carillon
