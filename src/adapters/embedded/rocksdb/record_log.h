// Checks a file of RocksDB's record log format, which its write-ahead logs and manifests have, to
// say where it is damaged: RocksDB itself only says that it is. Reads, never writes.
//
// Format: blocks of 32 KiB with records of crc32c (masked), length (2 bytes), type (1 byte) and, in
// recycled files, the log's number (4 bytes). A record never crosses a block.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace carillon {

enum class LogFaultKind : std::uint8_t {
  torn,     // The file ends within the record: a write that was cut off.
  damaged,  // The record's checksum, type or length is wrong.
};

struct LogFault {
  std::uint64_t offset = 0;  // Of the record in the file.
  LogFaultKind kind = LogFaultKind::damaged;

  friend bool operator==(const LogFault&, const LogFault&) = default;
};

// The first record that is not sound; none for a sound file and for one that cannot be read.
//
// Cost  reads the file once, a block at a time
std::optional<LogFault> first_log_fault(const std::filesystem::path& file);

// How a log ends that may have been written to when the power failed.
struct RecordLogEnd {
  std::uint64_t whole_bytes = 0;  // Up to the end of the last whole record before any fault.
  std::uint64_t zeros_from = 0;   // All bytes from here on are zero; file_bytes when none is.
  std::uint64_t file_bytes = 0;
};

// None when the file cannot be read. Room kept free within the file ends the whole records, too.
//
// Cost  as above
std::optional<RecordLogEnd> record_log_end(const std::filesystem::path& file);

// Whether a sound record begins anywhere behind the fault. A write that was cut off is the last:
// bytes of it may have come to the disk out of order, or not at all, and nothing begins behind it.
//
// Cost  as above, and up to seconds where many bytes are neither sound nor zero
bool begins_record_behind(const std::filesystem::path& file, const LogFault& fault);

}  // namespace carillon
