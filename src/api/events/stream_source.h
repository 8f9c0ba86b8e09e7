// StreamSource: where the events of one open stream come from.
//
// It remembers the place of its reader, so a slow reader costs no memory: it is asked for more only
// when the reader has room. Called on the thread of the StreamPump only.
#pragma once

#include <cstdint>
#include <string>

#include "base/instant.h"

namespace carillon::api {

class StreamSource {
 public:
  enum class Progress : std::uint8_t {
    more,   // There may be more at once.
    idle,   // There was nothing more; ask again when woken, or after poll_interval().
    ended,  // There will never be more.
  };

  StreamSource() = default;
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;
  virtual ~StreamSource() = default;

  // Appends the next events.
  virtual Progress pull(std::string& out) = 0;

  // The longest wait before an idle source that nobody woke is asked again.
  [[nodiscard]] virtual Duration poll_interval() const = 0;
};

// A source stops a pull when it has appended this much.
inline constexpr std::size_t kPullBytes = 64 * 1024;

}  // namespace carillon::api
