// The tables of views.db and how they are made. Adapter internals; docs/formats/views.md.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "adapters/embedded/sqlite/sqlite_connection.h"
#include "base/result.h"

namespace carillon {

// Grows with every change of the tables; a file of another version is dropped and folded anew.
inline constexpr std::int64_t kViewSchemaVersion = 4;

// Stands for "no next execution", so that such tasks sort last and the column is never null.
inline constexpr std::int64_t kNextNever = std::numeric_limits<std::int64_t>::max();

// Encloses each tag in the tags column, so that a whole tag can be searched for as `\netl\n`.
inline constexpr char kTagSeparator = '\n';

// Makes every table in an empty database.
Result<void> create_view_schema(SqliteConnection& connection);

enum class ViewFileState : std::uint8_t {
  fresh,          // There was none.
  kept,           // Of this version, and it can be read.
  other_version,  // Dropped.
  damaged,        // Moved aside.
};

// Which of the four an opened file is. Reads a few pages, not the whole file: damage further in
// shows when it is read.
Result<ViewFileState> examine_view_file(const SqliteConnection& connection);

}  // namespace carillon
