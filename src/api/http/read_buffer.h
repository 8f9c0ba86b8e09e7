// ReadBuffer: bytes that came from a socket and were not used yet, contiguous. Value.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace carillon::http {

class ReadBuffer {
 public:
  // Room for one or a few plain requests; a connection that sends more gets more.
  static constexpr std::size_t kStartBytes = 4 * 1024;
  static constexpr std::size_t kGrownBytes = 64 * 1024;

  [[nodiscard]] std::string_view unused() const { return {bytes_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }

  // Free room behind the unused bytes, at least one byte; what unused() gave is invalid then.
  std::span<char> room();

  // Says that so many bytes were read into room().
  void filled(std::size_t count);

  // Drops bytes from the front. Requires count <= unused().size().
  void use(std::size_t count);

 private:
  void reallocate(std::size_t capacity);

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool was_filled_up_ = false;
};

}  // namespace carillon::http
