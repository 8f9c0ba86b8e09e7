// Which file of a store is damaged, and where, from what RocksDB says and from the files
// themselves. For the message of a store that does not open. Reads, never writes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace carillon {

// A clause about a table that RocksDB's text names, without a path: "000011.sst is damaged at byte
// 17517". None when the text names no table.
std::optional<std::string> table_damage(std::string_view rocksdb_text);

// The same with the path, for whatever keeps the store in `directory` from opening: CURRENT, the
// manifest, a table or a write-ahead log. None when nothing is found.
//
// Cost  reads the manifest and, when nothing else is found, the write-ahead logs
std::optional<std::string> store_damage(const std::filesystem::path& directory,
                                        std::string_view rocksdb_text);

// Whether all that is wrong with the write-ahead logs is the last record of the newest: a write
// that was cut off by a loss of power. The same damage to a record that was acknowledged looks the
// same; AcknowledgedMark tells them apart.
//
// Cost  reads all write-ahead logs
bool is_unfinished_write(const std::filesystem::path& directory);

// The newest write-ahead log and its size as the subject of a sentence: "/d/000012.log (of 4711
// bytes)".
std::string newest_log(const std::filesystem::path& directory);

}  // namespace carillon
