// Follows how long RocksDB's manifest is, and tells at the next opening whether its end is missing.
#pragma once

#include <atomic>
#include <filesystem>

#include <rocksdb/listener.h>

#include "adapters/embedded/rocksdb/acknowledged_mark.h"
#include "base/result.h"

namespace carillon {

// Called by RocksDB's own threads after tables have come and gone.
class ManifestWatch final : public rocksdb::EventListener {
 public:
  // Writes the length of the database's manifest into the mark from now on.
  //
  // Requires  the mark outlives the database
  void begin(AcknowledgedMark& mark, rocksdb::DB& db);

  void OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo& info) override;
  void OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo& info) override;

 private:
  void note(rocksdb::DB& db);
  std::atomic<AcknowledgedMark*> mark_{nullptr};
};

// Compares the manifest that CURRENT names with what the mark says of it. Reads, never writes.
//
// Errors  corrupt  the manifest is shorter than what was synced of it
Result<void> check_manifest(const std::filesystem::path& directory,
                            const std::filesystem::path& mark_file);

}  // namespace carillon
