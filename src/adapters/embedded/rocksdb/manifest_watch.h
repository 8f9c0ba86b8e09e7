// Follows how long RocksDB's manifest is, for manifest_end.h to compare at the next opening.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include <rocksdb/listener.h>

#include "adapters/embedded/rocksdb/acknowledged_mark.h"

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

// 14 of "MANIFEST-000014", or of a path that ends so.
std::optional<std::uint64_t> manifest_number(std::string_view name);

}  // namespace carillon
