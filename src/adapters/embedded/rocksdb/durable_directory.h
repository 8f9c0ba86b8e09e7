// Directories and names that a loss of power does not take away. Writes, any thread.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace carillon {

// Makes the directory and whatever is missing above it.
//
// Guarantees  the name of the directory, and those of all that were made, survive a loss of power;
//             so do they when an earlier process made the directory and was killed before its sync
// Errors      io_failed  the message names the directory and why
Result<void> make_durable_directory(const std::filesystem::path& directory);

// Syncs a file, or the names in a directory.
//
// Errors  io_failed  the message names the path and why
Result<void> sync_path(const std::filesystem::path& path);

// Syncs every file and directory below a directory, the directory, and its name.
//
// Errors  io_failed  as above
Result<void> sync_tree(const std::filesystem::path& directory);

}  // namespace carillon
