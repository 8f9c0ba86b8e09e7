// Response: one answer before it becomes bytes. Value.
//
// The transport adds Date, Server, Content-Length or Transfer-Encoding, Connection, X-Request-Id,
// X-Content-Type-Options: nosniff and, unless the answer brings its own, Cache-Control: no-store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::http {

struct HeaderLine {
  std::string name;
  std::string value;  // Control characters in it are sent as blanks, so it cannot split the answer.
};

enum class AfterAnswer : std::uint8_t { keep_open, close };

struct Response {
  std::uint16_t status = 200;
  std::string content_type = "application/json";  // Empty: no Content-Type is sent.
  std::string body;                               // Not sent for HEAD, 204 and 304.
  std::vector<HeaderLine> headers = {};
  AfterAnswer after = AfterAnswer::keep_open;

  // Adds a field and returns the response, so that calls chain.
  Response& with(std::string_view name, std::string_view value);

  // The value of the first field of that name added by with(); empty without one.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

// The reason phrase of a status ("Created"); "Status" for one without a row.
std::string_view reason_phrase(std::uint16_t status);

}  // namespace carillon::http
