#include "runtime/engine/intake.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "domain/limits.h"

namespace carillon {

Intake::Intake(IntakeLimits limits, Doorbell* bell) : limits_(limits), bell_(bell) {
  // A group larger than the room could never be taken, and its sender would retry forever.
  CARILLON_CHECK(limits_.client_records >= limits::kBatchItems);
}

Result<void> Intake::admit(InputClass input_class, std::size_t records, std::size_t bytes) const {
  const bool kept = input_class == InputClass::kept;
  if (closed_ && (!kept || closed_->code == ErrorCode::shutting_down)) return fail(*closed_);
  if (kept) return {};
  const bool client = input_class == InputClass::client;
  const std::size_t records_used = client ? depth_.client_records : depth_.reserved_records;
  const std::size_t bytes_used = client ? depth_.client_bytes : depth_.reserved_bytes;
  const std::size_t records_max = client ? limits_.client_records : limits_.reserved_records;
  const std::size_t bytes_max = client ? limits_.client_bytes : limits_.reserved_bytes;
  // An input larger than the room is taken when the room is empty, or it never could be.
  const bool bytes_full = bytes_used > 0 && bytes_used + bytes > bytes_max;
  if (records_used + records > records_max || bytes_full) {
    return fail(ErrorCode::overloaded, "The engine has more waiting than it can take in.",
                "Send it again after a moment.");
  }
  return {};
}

void Intake::take(EngineInput&& input) {
  const std::size_t bytes = input.bytes();
  if (input.input_class == InputClass::client) {
    depth_.client_records += 1;
    depth_.client_bytes += bytes;
    client_.push_back(std::move(input));
  } else {
    depth_.reserved_records += 1;
    depth_.reserved_bytes += bytes;
    reserved_.push_back(std::move(input));
  }
}

bool Intake::ring_from(std::size_t waiting) {
  const std::lock_guard lock(mutex_);
  ring_from_ = waiting;
  return should_ring();
}

Result<void> Intake::submit(EngineInput&& input) {
  bool ring = false;
  {
    const std::lock_guard lock(mutex_);
    if (auto admitted = admit(input.input_class, 1, input.bytes()); !admitted) return admitted;
    take(std::move(input));
    ring = should_ring();
  }
  if (ring && bell_ != nullptr) bell_->ring();
  return {};
}

Result<void> Intake::submit_group(std::vector<EngineInput>& inputs) {
  if (inputs.empty()) return {};
  CARILLON_CHECK(inputs.size() <= limits::kBatchItems);
  std::size_t bytes = 0;
  for (const EngineInput& input : inputs) {
    CARILLON_CHECK(input.input_class == inputs.front().input_class);
    bytes += input.bytes();
  }
  bool ring = false;
  {
    const std::lock_guard lock(mutex_);
    auto admitted = admit(inputs.front().input_class, inputs.size(), bytes);
    if (!admitted) return admitted;
    for (EngineInput& input : inputs) take(std::move(input));
    ring = should_ring();
  }
  inputs.clear();
  if (ring && bell_ != nullptr) bell_->ring();
  return {};
}

void Intake::drain_room(std::deque<EngineInput>& room, std::size_t records_max,
                        std::size_t& bytes_left, std::vector<EngineInput>& out) {
  while (!room.empty() && out.size() < records_max && bytes_left > 0) {
    const std::size_t bytes = room.front().bytes();
    bytes_left -= bytes < bytes_left ? bytes : bytes_left;
    out.push_back(std::move(room.front()));
    room.pop_front();
  }
}

void Intake::drain(std::size_t records_max, std::size_t bytes_max, std::vector<EngineInput>& out) {
  const std::lock_guard lock(mutex_);
  std::size_t first = out.size();
  out.reserve(first + std::min(records_max, reserved_.size() + client_.size()));
  drain_room(reserved_, out.size() + records_max, bytes_max, out);
  for (; first < out.size(); ++first) {
    depth_.reserved_records -= 1;
    depth_.reserved_bytes -= out[first].bytes();
    records_max -= 1;
  }
  drain_room(client_, out.size() + records_max, bytes_max, out);
  for (; first < out.size(); ++first) {
    depth_.client_records -= 1;
    depth_.client_bytes -= out[first].bytes();
  }
}

void Intake::put_back(std::vector<EngineInput> inputs) {
  const std::lock_guard lock(mutex_);
  for (const EngineInput& input : inputs) {
    CARILLON_CHECK(input.input_class == InputClass::kept);
    depth_.reserved_records += 1;
    depth_.reserved_bytes += input.bytes();
  }
  reserved_.insert(reserved_.begin(), std::make_move_iterator(inputs.begin()),
                   std::make_move_iterator(inputs.end()));
}

void Intake::close(Error why) {
  const std::lock_guard lock(mutex_);
  closed_ = std::move(why);
}

std::vector<EngineInput> Intake::take_refused() {
  const std::lock_guard lock(mutex_);
  std::vector<EngineInput> refused(std::make_move_iterator(client_.begin()),
                                   std::make_move_iterator(client_.end()));
  client_.clear();
  std::deque<EngineInput> kept;
  IntakeDepth depth;
  for (EngineInput& input : reserved_) {
    if (input.input_class == InputClass::kept) {
      depth.reserved_records += 1;
      depth.reserved_bytes += input.bytes();
      kept.push_back(std::move(input));
    } else {
      refused.push_back(std::move(input));
    }
  }
  reserved_ = std::move(kept);
  depth_ = depth;
  return refused;
}

void Intake::open() {
  const std::lock_guard lock(mutex_);
  closed_.reset();
}

IntakeDepth Intake::depth() const {
  const std::lock_guard lock(mutex_);
  return depth_;
}

bool Intake::empty() const {
  const std::lock_guard lock(mutex_);
  return client_.empty() && reserved_.empty();
}

}  // namespace carillon
