// A Response as the bytes of HTTP/1.1. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/http/framing_rules.h"
#include "api/http/request.h"
#include "api/http/response.h"

namespace carillon::http {

// What the request asks of its answer's form.
struct AnswerForm {
  Method method = Method::get;
  HttpVersion version = HttpVersion::http_1_1;
  Persistence persistence = Persistence::keep_alive;
  std::string request_id;
};

enum class BodyCoding : std::uint8_t { length, chunked, until_close, none };

// How a streamed body is framed for that request: HTTP/1.0 knows no chunks, HEAD no body.
BodyCoding stream_coding(const AnswerForm& form);

// Appends status line, fields and body.
//
// Requires  date is an IMF-fixdate.
void append_response(std::string& out, const Response& response, const AnswerForm& form,
                     std::string_view date);

// Appends status line and fields of an answer whose body follows piece by piece.
void append_stream_head(std::string& out, const Response& head, const AnswerForm& form,
                        std::string_view date);

// Appends one piece in its framing. Requires payload is not empty.
void append_chunk(std::string& out, std::string_view payload);

inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// `Tue, 24 Nov 2026 20:30:05 GMT`: the form of dates in HTTP (RFC 9110, section 5.6.7).
std::string imf_fixdate(std::int64_t unix_seconds);

}  // namespace carillon::http
