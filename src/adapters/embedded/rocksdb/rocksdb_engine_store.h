// The EngineStore on a RocksDB directory: one column family per kind of thing, one synced write per
// batch.
//
// Adapter. One thread commits and reopens, any thread reads. Bytes: docs/formats/store.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "ports/engine_store.h"

namespace carillon {

struct RocksdbOptions {
  // Commits answer storage_full, before anything is written, while the file system has less.
  std::uint64_t free_bytes_min = 256ULL << 20;
  std::uint64_t block_cache_bytes = 256ULL << 20;
  std::uint64_t write_buffer_bytes = 64ULL << 20;  // Of each column family.
  std::uint64_t wal_bytes_max = 128ULL << 20;      // Bounds what a restart replays.
  int background_jobs = 2;
};

class RocksdbEngineStore final : public EngineStore {
 public:
  // Opens the directory, or makes it when it is missing or empty, and takes the next boot epoch.
  //
  // Errors  already_running  another process has it open; the message names it if it can be found
  //         corrupt          damaged; the message names file and place as far as RocksDB knows them
  //         newer_version    written by a newer carillon
  //         invalid_value    the directory holds something else
  //         io_failed
  static Result<std::unique_ptr<RocksdbEngineStore>> open(const std::filesystem::path& directory,
                                                          RocksdbOptions options);

  // Opens it for reading only, for exports; commits and blobs are refused with io_failed. The epoch
  // is that of the last opening for writing. Errors as of open.
  static Result<std::unique_ptr<RocksdbEngineStore>> open_read_only(
      const std::filesystem::path& directory, RocksdbOptions options);

  ~RocksdbEngineStore() override;

  // Makes a consistent copy in a directory that does not exist yet, while commits go on. Files are
  // hard links where the file system allows it.
  //
  // Errors  invalid_value  the directory exists
  //         io_failed
  Result<void> checkpoint(const std::filesystem::path& directory);

  // Reads every table, and whether what was acknowledged before the opening is there.
  //
  // Errors  corrupt  the message names the file and, where it is known, the byte
  // Cost    reads the whole store
  [[nodiscard]] Result<void> verify() const;

  // A sentence about what a loss of power had left in a file and the opening passed over, with the
  // file and the byte; none when there was nothing.
  [[nodiscard]] std::optional<std::string> repair() const;

  [[nodiscard]] StoreMark mark() const override;
  Result<void> commit(const EngineBatch& batch) override;
  Result<void> reopen() override;
  Result<std::optional<Bytes>> get(const StateKey& key) const override;
  Result<std::vector<std::optional<Bytes>>> get_together(
      OperatorName op, std::string_view key, std::span<const std::uint64_t> subkeys) const override;
  Result<std::vector<Key>> keys_of(OperatorName op) const override;
  Result<void> scan_state(
      OperatorName op, std::string_view from,
      const std::function<bool(const StateKey&, std::string_view)>& visit) const override;
  Result<void> scan_wake_ups(const std::function<void(const WakeUp&)>& visit) const override;
  Result<std::vector<JournalRecord>> journal_after(JournalPosition from,
                                                   std::size_t limit) const override;
  Result<std::vector<FactRecord>> facts_after(Topic topic, JournalPosition from,
                                              std::size_t limit) const override;
  Result<std::vector<DeadLetter>> dead_letters(std::size_t limit) const override;
  Result<std::optional<Bytes>> get_blob(std::string_view name) const override;
  Result<void> put_blob(std::string_view name, std::string_view value) override;
  Result<void> forget_until(JournalPosition position) override;

 private:
  struct Parts;
  explicit RocksdbEngineStore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace carillon
