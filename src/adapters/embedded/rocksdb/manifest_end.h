// What is at the end of RocksDB's manifest: whether something that was synced is missing there, and
// whether it ends in the zeros that a loss of power can leave of a write that was not synced.
// Reads, never writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace carillon {

// A manifest that is to be read as if it had ended earlier.
struct ManifestCut {
  std::filesystem::path file;
  std::uint64_t whole_bytes = 0;  // Up to the end of its last whole record.
  std::uint64_t file_bytes = 0;
};

// Compares the manifest that CURRENT names with what the mark says of it, and looks at its end.
//
// Guarantees  a cut is answered only for a manifest that, behind its last whole record, has nothing
//             but zeros, or the first sectors of one record and then zeros, and where nothing of
//             that is known to have been synced
// Errors      corrupt  what was synced of the manifest is missing, zero or otherwise not sound; the
//                      message names file and byte
// Cost        reads the manifest once
Result<std::optional<ManifestCut>> examine_manifest(const std::filesystem::path& directory,
                                                    const std::filesystem::path& mark_file);

// Keeps a copy of the manifest beside it, under a name that RocksDB passes over.
//
// Errors  io_failed
Result<void> keep_whole_manifest(const ManifestCut& cut);

// Where keep_whole_manifest puts the copy.
std::filesystem::path copy_of(const ManifestCut& cut);

// What was found, as a sentence.
std::string sentence_about(const ManifestCut& cut);

// The same end where it cannot be told from damage.
Error damage_of(const ManifestCut& cut);

}  // namespace carillon
