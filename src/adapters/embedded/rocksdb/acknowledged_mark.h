// The position of the last acknowledged commit and the length of RocksDB's manifest, in a file of
// their own beside the database.
//
// A damaged length at the end of a log looks like a torn write, and recovery would drop
// acknowledged records, or tables with thousands of them, without a word. This mark is written
// after every sync, into a mapped page and without a sync of its own, and tells such a loss from a
// torn tail after any crash of the process. After a loss of power it may be older than the truth,
// never newer, and is as new as the last opening of the store at least.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/result.h"
#include "domain/id/ids.h"

namespace carillon {

// A manifest and how much of it was synced.
struct ManifestExtent {
  std::uint64_t number = 0;
  std::uint64_t bytes = 0;
};

class AcknowledgedMark {
 public:
  // Maps the file, made when it is missing.
  static Result<AcknowledgedMark> open(const std::filesystem::path& file);

  // The position in the file, without making or holding it; none when there is none to be trusted.
  static std::optional<JournalPosition> peek(const std::filesystem::path& file);

  // The same for the manifest. Its number and length are kept modulo 2^20 and up to 2^28.
  static std::optional<ManifestExtent> peek_manifest(const std::filesystem::path& file);

  // Whether the extent is of the manifest with that number.
  static bool is_of(const ManifestExtent& extent, std::uint64_t number);

  AcknowledgedMark(AcknowledgedMark&& other) noexcept;
  AcknowledgedMark& operator=(AcknowledgedMark&&) = delete;
  ~AcknowledgedMark();

  // The last position written; none when there is none or it cannot be trusted.
  [[nodiscard]] std::optional<JournalPosition> read() const;

  void write(JournalPosition position);

  // Any thread.
  void write(const ManifestExtent& manifest);

  // Makes what was written survive a loss of power; the name of the file is the caller's affair.
  //
  // Errors  io_failed
  Result<void> sync();

 private:
  explicit AcknowledgedMark(std::uint64_t* words) : words_(words) {}
  std::uint64_t* words_;  // The position, then the manifest.
};

}  // namespace carillon
