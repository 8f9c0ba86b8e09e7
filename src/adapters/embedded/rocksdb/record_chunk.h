// Neighbouring records of one batch as one value of the store: a key each costs more than most
// records do. Values; layout in docs/formats/store.md. Not for others than the engine store.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "base/wire.h"
#include "domain/id/ids.h"

namespace carillon {

// Gathers records whose positions ascend, until it is full or the batch ends.
class RecordChunk {
 public:
  template <HasFields T>
  void add(JournalPosition position, const T& record) {
    const std::size_t begin = begin_record(position);
    append_wire(bytes_, record);
    wire::insert_length(bytes_, begin);
  }

  // A reader of one record passes over those before it, so a chunk has a bound.
  [[nodiscard]] bool full() const { return records_ >= kRecordsMax || bytes_.size() >= kBytesMax; }
  [[nodiscard]] bool empty() const { return records_ == 0; }

  // Under it the chunk is kept: a reader who has read up to a position never needs the one before.
  [[nodiscard]] JournalPosition last() const { return last_; }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

  // Keeps the memory.
  void clear();

 private:
  static constexpr std::size_t kRecordsMax = 64;
  static constexpr std::size_t kBytesMax = std::size_t{16} << 10;

  std::size_t begin_record(JournalPosition position);

  Bytes bytes_;
  std::size_t records_ = 0;
  JournalPosition last_;
};

// Reads a stored value, record by record: a chunk, or one record as format 1 had them.
class ChunkReader {
 public:
  ChunkReader(JournalPosition last, std::string_view value);

  // Moves to the next record; false behind the last one.
  //
  // Errors  corrupt  the value ends inside a record
  Result<bool> next();

  // Of the record that next has moved to.
  [[nodiscard]] JournalPosition position() const { return position_; }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  JournalPosition position_;
  std::string_view rest_;
  std::string_view bytes_;
  bool is_chunk_;
  bool is_before_first_ = true;
};

}  // namespace carillon
