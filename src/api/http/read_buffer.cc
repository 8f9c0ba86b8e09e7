#include "api/http/read_buffer.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace carillon::http {

std::span<char> ReadBuffer::room() {
  if (capacity_ == 0) {
    reallocate(kStartBytes);
  } else if (was_filled_up_ && capacity_ < kGrownBytes) {
    // The last read took all there was room for, so more is waiting: fewer, larger reads.
    reallocate(std::min(capacity_ * 4, kGrownBytes));
  } else if (end_ == capacity_ && begin_ == 0) {
    reallocate(capacity_ * 2);
  } else if (begin_ > 0) {
    std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return {bytes_.get() + end_, capacity_ - end_};
}

void ReadBuffer::filled(std::size_t count) {
  CARILLON_CHECK(count <= capacity_ - end_);
  end_ += count;
  was_filled_up_ = end_ == capacity_;
}

void ReadBuffer::use(std::size_t count) {
  CARILLON_CHECK(count <= end_ - begin_);
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

void ReadBuffer::reallocate(std::size_t capacity) {
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  const std::size_t size = end_ - begin_;
  if (size > 0) std::memcpy(larger.get(), bytes_.get() + begin_, size);
  bytes_ = std::move(larger);
  capacity_ = capacity;
  begin_ = 0;
  end_ = size;
}

}  // namespace carillon::http
