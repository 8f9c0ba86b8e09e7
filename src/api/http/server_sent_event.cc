#include "api/http/server_sent_event.h"

namespace carillon::http {
namespace {

void append_line(std::string& out, std::string_view field, std::string_view text) {
  out += field;
  out += ": ";
  for (const char c : text) {
    if (c != '\r' && c != '\n' && c != '\0') out.push_back(c);
  }
  out.push_back('\n');
}

}  // namespace

void append_event(std::string& out, const ServerSentEvent& event) {
  if (!event.id.empty()) append_line(out, "id", event.id);
  if (!event.type.empty()) append_line(out, "event", event.type);
  std::string_view rest = event.data;
  for (;;) {
    // CR, LF and CRLF all end a line for the receiver.
    const std::size_t end = rest.find_first_of("\r\n");
    append_line(out, "data", rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(rest.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  out.push_back('\n');
}

void append_heartbeat(std::string& out) { out += ":\n\n"; }

}  // namespace carillon::http
