#include "executors/data/csv_reader.h"

#include <utility>

#include <fmt/format.h>

namespace carillon {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

std::unexpected<Error> CsvReader::wrong(std::string_view why) const {
  return fail(
      ErrorCode::invalid_value, fmt::format("CSV line {}: {}.", line_, why),
      "Put a field with commas, quotes or line ends in double quotes and double the quotes.");
}

Result<void> CsvReader::feed(std::string_view bytes) {
  while (at_mark_ && !bytes.empty()) {
    if (bytes.front() != kByteOrderMark[mark_bytes_]) {
      if (auto taken = end_mark(); !taken) return taken;
      break;
    }
    bytes.remove_prefix(1);
    at_mark_ = ++mark_bytes_ < kByteOrderMark.size();
  }
  return take_all(bytes);
}

// What only began like a byte order mark is the text's own.
Result<void> CsvReader::end_mark() {
  if (!at_mark_) return {};
  at_mark_ = false;
  return take_all(kByteOrderMark.substr(0, mark_bytes_));
}

Result<void> CsvReader::take_all(std::string_view bytes) {
  for (const char c : bytes) {
    if (auto taken = take(c); !taken) return taken;
  }
  return {};
}

Result<void> CsvReader::take(char c) {
  if (c == '\n') ++line_;
  if (at_ == At::quoted) {
    if (c == '"') {
      at_ = At::after_quote;
      return {};
    }
    if (field_.size() == kFieldBytes) return wrong("a field is longer than 1 MiB");
    field_ += c;
    return {};
  }
  return take_outside(c);
}

Result<void> CsvReader::take_outside(char c) {
  switch (c) {
    case ',':
      return end_field();
    case '\n':
      return end_record();
    case '\r':
      return {};  // Of a CRLF; a lone CR is no line end and is dropped.
    case '"':
      if (at_ == At::plain) return wrong("a quote stands inside an unquoted field");
      if (at_ == At::after_quote) field_ += '"';
      at_ = At::quoted;
      return {};
    default:
      if (at_ == At::after_quote) return wrong("text follows a closing quote");
      if (field_.size() == kFieldBytes) return wrong("a field is longer than 1 MiB");
      at_ = At::plain;
      field_ += c;
      return {};
  }
}

Result<void> CsvReader::end_field() {
  if (record_.size() == kFields) return wrong("more than 1000 fields");
  record_.push_back(std::exchange(field_, {}));
  at_ = At::field_start;
  return {};
}

Result<void> CsvReader::end_record() {
  // An empty line is no record, because editors leave one at the end.
  if (record_.empty() && field_.empty() && at_ == At::field_start) return {};
  if (auto ended = end_field(); !ended) return ended;
  Result<void> given = sink_(record_);
  record_.clear();
  return given;
}

Result<void> CsvReader::end() {
  if (auto ended = end_mark(); !ended) return ended;
  if (at_ == At::quoted) return wrong("the text ends inside a quoted field");
  return end_record();
}

}  // namespace carillon
