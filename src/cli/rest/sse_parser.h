// Server-sent events out of a byte stream (WHATWG HTML, section 9.2.6). A value; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace carillon::cli {

struct SseEvent {
  std::string id;    // The last id of the stream, kept from earlier events as the standard says.
  std::string type;  // "message" when the server named none.
  std::string data;  // Lines joined by \n.

  friend bool operator==(const SseEvent&, const SseEvent&) = default;
};

class SseParser {
 public:
  // Takes the next bytes and returns the events that they complete. Bytes may be cut anywhere.
  //
  // Cost  an event beyond 4 MiB is dropped, so that a broken server cannot fill the memory.
  std::vector<SseEvent> push(std::string_view bytes);

 private:
  void take_line(std::string_view line, std::vector<SseEvent>& out);
  void take_field(std::string_view name, std::string_view value);
  void finish_event(std::vector<SseEvent>& out);

  std::string line_;
  bool skip_line_feed_ = false;  // The last byte was a CR; a following LF belongs to it.
  bool at_start_ = true;         // A byte order mark may still come.
  bool has_data_ = false;
  bool too_large_ = false;
  SseEvent event_;
};

}  // namespace carillon::cli
