#include "adapters/embedded/rocksdb/record_chunk.h"

#include <cstdint>
#include <utility>

namespace carillon {

namespace {

// No record begins with it: the first byte of a wire value is twice a field's number or more.
constexpr char kChunkMark = '\0';

}  // namespace

std::size_t RecordChunk::begin_record(JournalPosition position) {
  if (records_ == 0) {
    last_ = JournalPosition();
    bytes_.push_back(kChunkMark);
  }
  wire::put_varint(bytes_, position.value() - last_.value());
  last_ = position;
  ++records_;
  return bytes_.size();
}

void RecordChunk::clear() {
  bytes_.clear();
  records_ = 0;
}

ChunkReader::ChunkReader(JournalPosition last, std::string_view value)
    : position_(last), rest_(value), is_chunk_(value.starts_with(kChunkMark)) {
  if (!is_chunk_) return;
  position_ = JournalPosition();
  rest_.remove_prefix(1);
}

Result<bool> ChunkReader::next() {
  if (!is_chunk_) {
    bytes_ = rest_;
    return std::exchange(is_before_first_, false);
  }
  if (rest_.empty()) return false;
  std::uint64_t difference = 0;
  std::uint64_t size = 0;
  if (!wire::take_varint(rest_, difference) || !wire::take_varint(rest_, size) ||
      size > rest_.size()) {
    return fail(ErrorCode::corrupt, "A stored chunk of records ends inside a record.",
                "Put a backup in the place of the data directory.");
  }
  position_ = JournalPosition(position_.value() + difference);
  bytes_ = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

}  // namespace carillon
