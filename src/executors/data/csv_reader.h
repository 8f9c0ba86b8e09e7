// CsvReader: RFC 4180 text in pieces to rows of fields. Not thread-safe; one reader per text.
//
// Accepts LF and CRLF, quoted fields with line ends and doubled quotes, and a byte order mark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace carillon {

// One record; fields are moved out by the sink if it likes.
using CsvRecord = std::vector<std::string>;
using CsvSink = std::function<Result<void>(CsvRecord& record)>;

class CsvReader {
 public:
  static constexpr std::size_t kFieldBytes = 1 << 20;
  static constexpr std::size_t kFields = 1000;

  explicit CsvReader(CsvSink sink) : sink_(std::move(sink)) {}

  // Errors  invalid_value  a quote in the wrong place, a field or record past its bound; the
  // message
  //                        names the line
  //         any of the sink's
  Result<void> feed(std::string_view bytes);

  // The text has ended.
  //
  // Errors  invalid_value  inside a quoted field
  Result<void> end();

 private:
  enum class At : std::uint8_t { field_start, plain, quoted, after_quote };

  Result<void> end_mark();
  Result<void> take_all(std::string_view bytes);
  Result<void> take(char c);
  Result<void> take_outside(char c);
  Result<void> end_field();
  Result<void> end_record();
  [[nodiscard]] std::unexpected<Error> wrong(std::string_view why) const;

  CsvSink sink_;
  CsvRecord record_;
  std::string field_;
  At at_ = At::field_start;
  std::uint64_t line_ = 1;
  bool at_mark_ = true;         // A byte order mark may still come or go on.
  std::size_t mark_bytes_ = 0;  // Of it, seen so far.
};

}  // namespace carillon
