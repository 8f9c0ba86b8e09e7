// Rows of JSON objects as a table for a terminal or as TSV for a pipe. Pure functions.
//
// What a column shows is data: a title and the JSON pointers to try, so that every list of the
// command line is one constant array.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "base/instant.h"
#include "cli/output/style.h"

namespace carillon::cli {

enum class CellKind : std::uint8_t {
  text,    // Shortened when the terminal is narrow.
  id,      // Never shortened: people copy it.
  status,  // Coloured by its word, never shortened.
  time,    // Absolute and relative on a terminal, RFC 3339 in TSV.
  list,    // The scalars of an array, joined by commas.
};

struct Column {
  std::string_view title;
  CellKind kind;
  std::string_view pointer;         // The first that is present wins.
  std::string_view fallback;        // A second pointer; may be empty.
  std::string_view otherwise = "";  // What stands there when neither is.
};

// What the device can show.
struct Screen {
  std::size_t columns = 0;  // 0: no limit.
  Colour colour = Colour::off;
  Instant now;  // For relative times.
};

// A header line and one line per row. If the lines are wider than the screen, times become relative
// only and text columns shrink to eight columns each; ids and statuses stay whole, even if the line
// then wraps.
std::string table_text(std::span<const Column> columns, const boost::json::array& rows,
                       const Screen& screen);

// One line per row, cells separated by tabs, without header, colour or relative times.
std::string tsv_text(std::span<const Column> columns, const boost::json::array& rows);

// One object as `title  value` lines; empty values are left out, and a member that is an object has
// a line for each of its own: `lastRun.status  COMPLETED`.
std::string detail_text(const boost::json::value& object, const Screen& screen);

// The same for programs: `member<TAB>value` for every member of the object.
std::string detail_tsv(const boost::json::value& object);

}  // namespace carillon::cli
