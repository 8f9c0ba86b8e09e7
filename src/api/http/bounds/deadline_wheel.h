// DeadlineWheel: many deadlines, one timer. Single thread; time comes in as ticks.
//
// A hashed wheel. Moving a deadline later costs one store: its place is corrected when the wheel
// comes by. A timer object per connection would cost a tenth of a request.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace carillon::http {

class DeadlineWheel {
 public:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  // A deadline; lives in the thing that has it.
  class Deadline {
   public:
    Deadline() = default;
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    // Requires  it is in no wheel.
    ~Deadline();

   private:
    friend class DeadlineWheel;
    std::uint64_t due = kNever;   // When it shall fire.
    std::uint64_t looked_at = 0;  // When the wheel will look at it; never after due.
    Deadline* previous = nullptr;
    Deadline* next = nullptr;
  };

  DeadlineWheel();
  DeadlineWheel(const DeadlineWheel&) = delete;
  DeadlineWheel& operator=(const DeadlineWheel&) = delete;

  // Sets or moves the deadline; kNever takes it out. A tick that has passed counts as the next one.
  void set(Deadline& deadline, std::uint64_t due);

  // Advances to that tick and returns one deadline that is due, which leaves the wheel, or null if
  // there is none left. Call until null; deadlines may be set and removed in between.
  Deadline* next_due(std::uint64_t now);

  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  static constexpr std::size_t kSlots = 512;

  void insert(Deadline& deadline, std::uint64_t tick);
  void remove(Deadline& deadline);

  std::array<Deadline, kSlots> heads_;  // Each the ring of deadlines looked at in that slot.
  std::uint64_t now_ = 0;
  std::size_t size_ = 0;
};

}  // namespace carillon::http
