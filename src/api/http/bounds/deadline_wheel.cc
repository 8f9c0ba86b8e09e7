#include "api/http/bounds/deadline_wheel.h"

#include <algorithm>

#include "base/check.h"

namespace carillon::http {

DeadlineWheel::Deadline::~Deadline() {
  CARILLON_CHECK(next == nullptr || next == this, "a deadline died inside its wheel");
}

DeadlineWheel::DeadlineWheel() {
  for (Deadline& head : heads_) head.previous = head.next = &head;
}

void DeadlineWheel::set(Deadline& deadline, std::uint64_t due) {
  deadline.due = due;
  if (due == kNever) {
    if (deadline.next != nullptr) remove(deadline);
    return;
  }
  if (deadline.next != nullptr && deadline.looked_at <= due) return;
  if (deadline.next != nullptr) remove(deadline);
  insert(deadline, due);
}

DeadlineWheel::Deadline* DeadlineWheel::next_due(std::uint64_t now) {
  if (empty()) {
    now_ = std::max(now_, now);
    return nullptr;
  }
  // After a long pause every slot is visited once; more rounds would find nothing new.
  if (now > now_ + kSlots) now_ = now - kSlots;
  for (;;) {
    Deadline& head = heads_[now_ % kSlots];
    for (Deadline* at = head.next; at != &head;) {
      Deadline& deadline = *at;
      at = at->next;
      if (deadline.looked_at > now_) continue;  // Of a later round.
      remove(deadline);
      if (deadline.due <= now_) return &deadline;
      insert(deadline, deadline.due);
    }
    if (now_ >= now) return nullptr;
    ++now_;
  }
}

void DeadlineWheel::insert(Deadline& deadline, std::uint64_t tick) {
  deadline.looked_at = std::max(tick, now_ + 1);
  Deadline& head = heads_[deadline.looked_at % kSlots];
  deadline.previous = head.previous;
  deadline.next = &head;
  head.previous->next = &deadline;
  head.previous = &deadline;
  ++size_;
}

void DeadlineWheel::remove(Deadline& deadline) {
  deadline.previous->next = deadline.next;
  deadline.next->previous = deadline.previous;
  deadline.previous = deadline.next = nullptr;
  --size_;
}

}  // namespace carillon::http
