// Request: one HTTP request as the transport hands it on, framed, bounded and checked. Value.
//
// The target is in origin form ("/path?query"), whatever form the client used; its characters and
// percent escapes were checked. Nothing here was authenticated, and the body is bytes, not JSON
// yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::http {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };

// The method of an exact, upper-case name; other for any name without a row.
Method method_from_text(std::string_view text);

struct QueryItem {
  std::string name;
  std::string value;

  friend bool operator==(const QueryItem&, const QueryItem&) = default;
};

// The header fields of a message in the order they came; names compare without case.
class Headers {
 public:
  struct Item {
    std::string_view name;
    std::string_view value;
  };

  // Makes room for fields that take that many bytes of text together.
  void reserve(std::size_t text_bytes, std::size_t fields);
  void add(std::string_view name, std::string_view value);

  // The value of the first field of that name. Valid until the headers change or go.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;

  [[nodiscard]] std::size_t size() const { return places_.size(); }
  // Requires  index < size()
  [[nodiscard]] Item at(std::size_t index) const;

 private:
  // Offsets instead of views, so that copies and moves stay valid.
  struct Place {
    std::uint32_t start;
    std::uint32_t name_bytes;
    std::uint32_t value_bytes;
  };
  std::string text_;
  std::vector<Place> places_;
};

struct Request {
  Method method = Method::get;
  std::string method_text = "GET";
  std::string target = "/";
  Headers headers;
  std::string body;
  std::string remote_address;  // The peer's IP address without its port.
  std::string id;              // X-Request-Id if that was sane, else a fresh UUIDv7; never empty.

  // The part of the target before '?', still percent-encoded.
  [[nodiscard]] std::string_view path() const;

  // The part of the target behind '?', still percent-encoded; empty without one.
  [[nodiscard]] std::string_view query() const;

  // The path's segments, each decoded after the split, so that %2F stays inside its segment.
  // "/api/tasks/" gives {"api", "tasks", ""}; "/" gives {""}.
  [[nodiscard]] std::vector<std::string> path_segments() const;

  // The query's items, decoded; '+' is a blank, as in HTML forms. A name without '=' has value "".
  [[nodiscard]] std::vector<QueryItem> query_items() const;

  // The decoded value of the first query item of that name.
  [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;
};

enum class PlusSign : std::uint8_t { literal, blank };

// Replaces %XX by its byte. A '%' that starts no escape stays as it is.
std::string percent_decoded(std::string_view text, PlusSign plus);

}  // namespace carillon::http
