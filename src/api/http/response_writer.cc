#include "api/http/response_writer.h"

#include <array>
#include <charconv>
#include <chrono>
#include <iterator>

#include <fmt/format.h>

namespace carillon::http {
namespace {

void append_number(std::string& out, std::size_t number, int base = 10) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), number, base).ptr;
  out.append(digits.begin(), end);
}

// A control character in a value, a line break above all, would let data write the rest of the
// answer.
void append_line(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c);
  }
  out += "\r\n";
}

bool has_no_body_by_status(std::uint16_t status) {
  return status < 200 || status == 204 || status == 304;
}

void append_status_line(std::string& out, std::uint16_t status) {
  // The commonest answers as one literal each.
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  if (status == 201) {
    out += "HTTP/1.1 201 Created\r\n";
    return;
  }
  out += "HTTP/1.1 ";
  append_number(out, status);
  out.push_back(' ');
  out += reason_phrase(status);
  out += "\r\n";
}

void append_connection(std::string& out, const Response& response, const AnswerForm& form) {
  if (response.after == AfterAnswer::close || form.persistence == Persistence::close) {
    out += "Connection: close\r\n";
  } else if (form.version == HttpVersion::http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
}

// Everything between the status line and the fields that frame the body.
void append_fields(std::string& out, const Response& response, const AnswerForm& form,
                   std::string_view date) {
  append_status_line(out, response.status);
  out += "Server: carillon\r\nDate: ";
  out += date;
  out += "\r\nX-Content-Type-Options: nosniff\r\n";
  if (response.header("Cache-Control").empty()) out += "Cache-Control: no-store\r\n";
  if (!form.request_id.empty()) append_line(out, "X-Request-Id", form.request_id);
  if (!response.content_type.empty() && !has_no_body_by_status(response.status)) {
    append_line(out, "Content-Type", response.content_type);
  }
  for (const HeaderLine& line : response.headers) append_line(out, line.name, line.value);
  append_connection(out, response, form);
}

}  // namespace

BodyCoding stream_coding(const AnswerForm& form) {
  if (form.method == Method::head) return BodyCoding::none;
  return form.version == HttpVersion::http_1_0 ? BodyCoding::until_close : BodyCoding::chunked;
}

void append_response(std::string& out, const Response& response, const AnswerForm& form,
                     std::string_view date) {
  append_fields(out, response, form, date);
  // 204 and 1xx may not carry a length (RFC 9110, section 8.6); for 304 it would be a guess.
  if (!has_no_body_by_status(response.status)) {
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  out += "\r\n";
  if (form.method != Method::head && !has_no_body_by_status(response.status)) {
    out += response.body;
  }
}

void append_stream_head(std::string& out, const Response& head, const AnswerForm& form,
                        std::string_view date) {
  append_fields(out, head, form, date);
  if (form.version == HttpVersion::http_1_1) out += "Transfer-Encoding: chunked\r\n";
  out += "\r\n";
}

void append_chunk(std::string& out, std::string_view payload) {
  append_number(out, payload.size(), 16);
  out += "\r\n";
  out += payload;
  out += "\r\n";
}

std::string imf_fixdate(std::int64_t unix_seconds) {
  using namespace std::chrono;
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds moment{seconds(unix_seconds)};
  const sys_days day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss time{moment - day};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

}  // namespace carillon::http
