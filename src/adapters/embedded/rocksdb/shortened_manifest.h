// A file system in which one manifest ends where its last whole record ends. So RocksDB reads what
// it would read of a manifest that was cut, and the file is not touched before it has opened.
#pragma once

#include <memory>

#include <rocksdb/env.h>

#include "adapters/embedded/rocksdb/manifest_end.h"

namespace carillon {

// The environment of a database; it must outlive the database.
std::unique_ptr<rocksdb::Env> environment_with(const ManifestCut& cut);

}  // namespace carillon
