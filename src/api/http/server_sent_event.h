// One event of a text/event-stream (WHATWG HTML, section 9.2) as bytes. Pure.
#pragma once

#include <string>
#include <string_view>

namespace carillon::http {

struct ServerSentEvent {
  std::string_view id;    // Empty: no id line.
  std::string_view type;  // Empty: no event line, so the client sees "message".
  std::string_view data;  // Each line break starts a new data line.
};

// Appends the event. Line breaks in id and type are dropped, since they would end the line.
void append_event(std::string& out, const ServerSentEvent& event);

// Appends a comment line, which keeps a quiet stream alive through proxies.
void append_heartbeat(std::string& out);

}  // namespace carillon::http
