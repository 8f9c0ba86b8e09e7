// What a watched file is, by its path: the first half of every step's name.
#pragma once

#include <string>
#include <string_view>

namespace crash_shim {

// Whether losing a write to the file could lose data. The other files are RocksDB's own log and
// lock and SQLite's shared memory, which every start makes anew.
bool is_durable(std::string_view kind);

// "rocksdb.wal" of "data/store/000004.log".
std::string kind_of(std::string_view path);

}  // namespace crash_shim
