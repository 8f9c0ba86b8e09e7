#include "adapters/embedded/rocksdb/record_log.h"

#include <array>
#include <fstream>
#include <string>
#include <string_view>

namespace carillon {

namespace {

constexpr std::size_t kBlockBytes = 32 * 1024;
constexpr std::size_t kHeaderBytes = 7;
constexpr std::size_t kTypeAt = 6;
constexpr std::size_t kLogNumberBytes = 4;

constexpr std::array<std::uint32_t, 256> crc32c_table() {
  constexpr std::uint32_t kPolynomial = 0x82f63b78;  // Castagnoli, reflected.
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t rest = i;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? kPolynomial : 0);
    table[i] = rest;
  }
  return table;
}

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = crc32c_table();
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc = kTable[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
  }
  return ~crc;
}

std::uint32_t unmasked(std::uint32_t masked) {
  const std::uint32_t rotated = masked - 0xa282ead8U;
  return (rotated >> 17) | (rotated << 15);
}

std::uint32_t fixed32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  return value;
}

// Whether records of that type have the log's number behind the header.
bool is_recyclable(std::uint8_t type) { return (type >= 5 && type <= 8) || type == 11; }

// Whole records and first parts. What else is known says something about the log itself, which is
// written before any record and counts as well.
bool begins_record(std::uint8_t type) {
  return type == 1 || type == 2 || type == 5 || type == 6 || type >= 9;
}

bool is_known(std::uint8_t type) { return (type >= 1 && type <= 11) || type >= 129; }

// What the first record of `rest` is: its bytes when it is sound, else its fault.
struct Examined {
  std::size_t bytes = 0;
  std::optional<LogFaultKind> fault;
  std::uint8_t type = 0;
};

Examined examine(std::string_view rest, std::size_t block_rest) {
  const std::size_t length = static_cast<unsigned char>(rest[4]) |
                             (static_cast<std::size_t>(static_cast<unsigned char>(rest[5])) << 8);
  const auto type = static_cast<std::uint8_t>(rest[kTypeAt]);
  if (type == 0 && length == 0) return {.bytes = rest.size(), .fault = {}};  // Room kept free.
  const std::size_t header = kHeaderBytes + (is_recyclable(type) ? kLogNumberBytes : 0);
  if (!is_known(type) || header + length > block_rest) return {.fault = LogFaultKind::damaged};
  if (header + length > rest.size()) return {.fault = LogFaultKind::torn};
  const std::string_view covered = rest.substr(kTypeAt, header - kTypeAt + length);
  if (crc32c(covered) != unmasked(fixed32(rest))) return {.fault = LogFaultKind::damaged};
  return {.bytes = header + length, .fault = {}, .type = type};
}

// Follows a record through its parts: the first, those amid, the last.
class PartsOfRecord {
 public:
  // Takes the next part; false when it does not belong behind the one before.
  bool take(std::uint8_t type, std::uint64_t offset) {
    const bool goes_on = type == 3 || type == 4 || type == 7 || type == 8;
    if (goes_on != begun_.has_value()) return false;
    if (type == 2 || type == 6) begun_ = offset;
    if (type == 4 || type == 8) begun_.reset();
    return true;
  }

  // Where the record began whose end has not come yet.
  [[nodiscard]] std::optional<std::uint64_t> begun() const { return begun_; }

 private:
  std::optional<std::uint64_t> begun_;
};

// What there is up to the first fault.
struct Walk {
  std::uint64_t whole_bytes = 0;
  std::optional<LogFault> fault;
};

// Follows records through a file and says where the last one ends that is whole.
class Walker {
 public:
  // Takes the block at that offset; false when it has a fault.
  bool take(std::string_view block, std::uint64_t offset) {
    std::size_t at = 0;
    // What is shorter than a header at the end of a block is padding.
    while (kBlockBytes - at >= kHeaderBytes && at < block.size()) {
      const std::string_view rest = block.substr(at);
      if (rest.size() < kHeaderBytes) return failed({offset + at, LogFaultKind::torn});
      const Examined record = examine(rest, kBlockBytes - at);
      if (record.fault) return failed({offset + at, *record.fault});
      // The rest of a record may be missing although the file goes on behind it.
      if (!parts_.take(record.type, offset + at)) {
        return failed({parts_.begun().value_or(offset + at), LogFaultKind::damaged});
      }
      at += record.bytes;
      if (record.type == 0) has_room_ = true;
      if (!has_room_ && !parts_.begun()) walk_.whole_bytes = offset + at;
    }
    return true;
  }

  [[nodiscard]] const Walk& walk() const { return walk_; }

 private:
  bool failed(const LogFault& fault) {
    walk_.fault = fault;
    return false;
  }

  PartsOfRecord parts_;
  bool has_room_ = false;
  Walk walk_;
};

Walk walk(std::istream& in) {
  Walker walker;
  std::string block(kBlockBytes, '\0');
  std::uint64_t offset = 0;
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    const std::string_view read(block.data(), static_cast<std::size_t>(in.gcount()));
    if (!walker.take(read, offset)) break;
    offset += kBlockBytes;
  }
  return walker.walk();
}

// Looks at every byte: behind a fault no length can be trusted.
bool begins_sound_record(std::string_view block, std::size_t from) {
  for (std::size_t at = from; at + kHeaderBytes < block.size(); ++at) {
    const std::string_view rest = block.substr(at);
    if (!begins_record(static_cast<std::uint8_t>(rest[kTypeAt]))) continue;
    if (!examine(rest, kBlockBytes - at).fault) return true;
  }
  return false;
}

}  // namespace

std::optional<LogFault> first_log_fault(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return walk(in).fault;
}

std::optional<RecordLogEnd> record_log_end(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  RecordLogEnd end{.whole_bytes = walk(in).whole_bytes};
  in.clear();
  in.seekg(0);
  std::string block(kBlockBytes, '\0');
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    const std::string_view read(block.data(), static_cast<std::size_t>(in.gcount()));
    const std::size_t last = read.find_last_not_of('\0');
    if (last != std::string_view::npos) end.zeros_from = end.file_bytes + last + 1;
    end.file_bytes += read.size();
  }
  return end;
}

bool begins_record_behind(const std::filesystem::path& file, const LogFault& fault) {
  std::ifstream in(file, std::ios::binary);
  const std::uint64_t first_block = fault.offset / kBlockBytes * kBlockBytes;
  in.seekg(static_cast<std::streamoff>(first_block));
  std::string block(kBlockBytes, '\0');
  std::size_t from = static_cast<std::size_t>(fault.offset - first_block) + 1;
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    const std::string_view read(block.data(), static_cast<std::size_t>(in.gcount()));
    if (begins_sound_record(read, from)) return true;
    from = 0;
  }
  return false;
}

}  // namespace carillon
