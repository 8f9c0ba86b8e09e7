// sweep: removes the files of a directory that match, and only files, without leaving the
// directory.
//
// Works by directory descriptors: each directory is opened below its parent without following links
// or crossing to another device, and files are removed from the descriptor that listed them. So a
// link that is swapped in while it works leads nowhere.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "executors/files/file_pattern.h"

namespace carillon {

enum class SweepDepth : std::uint8_t { one_directory, whole_tree };
enum class SweepMode : std::uint8_t { remove, count_only };

// All of them must hold for a file to go.
struct SweepRules {
  std::optional<Instant> changed_before;
  std::optional<FilePattern> pattern;
  std::uint64_t bytes_min = 0;
  SweepDepth depth = SweepDepth::one_directory;
  SweepMode mode = SweepMode::remove;
};

struct SweepReport {
  std::uint64_t looked_at = 0;  // Regular files.
  std::uint64_t removed = 0;
  std::uint64_t bytes = 0;         // Of what was removed.
  std::uint64_t failed = 0;        // Could not be removed, or directories that could not be read.
  std::vector<std::string> names;  // Of the first 20 removed, relative to the directory.
};

// Directories are entered to a depth of 64; they themselves stay.
//
// Requires  `directory` is open for reading
// Errors    timed_out  is_stopped said so; what was removed stays removed
//           io_failed  the directory itself cannot be listed
Result<SweepReport> sweep(int directory, const SweepRules& rules,
                          const std::function<bool()>& is_stopped);

}  // namespace carillon
