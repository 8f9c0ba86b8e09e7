#include "domain/zone/tzif.h"

#include <cstddef>
#include <utility>

namespace carillon {
namespace {

constexpr std::size_t kFileBytesMax = 256 * 1024;  // The largest real zone has 4 KiB.
constexpr std::int64_t kOffsetMax = 26 * 3'600;    // RFC 8536, section 3.2.
constexpr std::size_t kTypeBytes = 6;

std::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorCode::corrupt, "the zone data is damaged: " + std::string(what));
}

// Big-endian integers taken from the front; the caller has checked the length.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::size_t size() const { return rest_.size(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

  std::string_view take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::uint64_t take_unsigned(std::size_t width) {
    std::uint64_t value = 0;
    for (const char c : take(width)) value = value << 8 | static_cast<std::uint8_t>(c);
    return value;
  }

  std::int64_t take_int64() { return static_cast<std::int64_t>(take_unsigned(8)); }
  std::int32_t take_int32() {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(take_unsigned(4)));
  }

 private:
  std::string_view rest_;
};

struct Header {
  char version = 0;
  std::uint64_t ut_count = 0;
  std::uint64_t standard_count = 0;
  std::uint64_t leap_count = 0;
  std::uint64_t time_count = 0;
  std::uint64_t type_count = 0;
  std::uint64_t char_count = 0;

  // Bytes of the block behind the header. The counts are 32 bits wide, so this cannot overflow.
  [[nodiscard]] std::uint64_t block_bytes(std::uint64_t time_width) const {
    return time_count * (time_width + 1) + type_count * kTypeBytes + char_count +
           leap_count * (time_width + 4) + standard_count + ut_count;
  }
};

Result<Header> take_header(Bytes& bytes) {
  constexpr std::size_t kHeaderBytes = 44;
  constexpr std::size_t kReservedBytes = 15;
  if (bytes.size() < kHeaderBytes) return damaged("it ends inside a header");
  if (bytes.take(4) != "TZif") return damaged("the magic number is missing");
  Header header;
  header.version = bytes.take(1).front();
  bytes.take(kReservedBytes);
  for (std::uint64_t* count : {&header.ut_count, &header.standard_count, &header.leap_count,
                               &header.time_count, &header.type_count, &header.char_count}) {
    *count = bytes.take_unsigned(4);
  }
  return header;
}

Result<std::vector<std::int64_t>> take_offsets(Bytes& bytes, std::uint64_t count) {
  std::vector<std::int64_t> offsets;
  for (std::uint64_t i = 0; i < count; ++i) {
    offsets.push_back(bytes.take_int32());
    bytes.take(kTypeBytes - 4);  // Daylight flag and abbreviation: names only.
    if (offsets.back() < -kOffsetMax || offsets.back() > kOffsetMax) {
      return damaged("an offset is longer than 26 hours");
    }
  }
  return offsets;
}

// The 64-bit block. Requires that bytes holds all of it.
Result<TzifData> take_block(Bytes& bytes, const Header& header) {
  constexpr std::size_t kTypesMax = 256;
  if (header.leap_count != 0) return damaged("it counts leap seconds");
  if (header.type_count == 0 || header.type_count > kTypesMax)
    return damaged("no local time types");
  std::vector<std::int64_t> times;
  for (std::uint64_t i = 0; i < header.time_count; ++i) {
    const std::int64_t at = bytes.take_int64();
    if (!times.empty() && at <= times.back()) return damaged("transitions are out of order");
    times.push_back(at);
  }
  const std::string_view types = bytes.take(header.time_count);
  Result<std::vector<std::int64_t>> offsets = take_offsets(bytes, header.type_count);
  if (!offsets) return fail(std::move(offsets.error()));
  bytes.take(header.char_count + header.standard_count + header.ut_count);

  TzifData data{.initial_offset = offsets->front(), .changes = {}, .rule = std::nullopt};
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::size_t type = static_cast<std::uint8_t>(types[i]);
    if (type >= offsets->size()) return damaged("a transition names a type that does not exist");
    data.changes.push_back({.at_second = times[i], .offset = (*offsets)[type]});
  }
  return data;
}

}  // namespace

Result<TzifData> TzifData::parse(std::string_view text) {
  if (text.size() > kFileBytesMax) return damaged("it is larger than any zone");
  Bytes bytes(text);
  const Result<Header> first = take_header(bytes);
  if (!first) return fail(first.error());
  if (first->version < '2') return damaged("version 1 has no 64-bit times");
  if (first->block_bytes(4) > bytes.size()) return damaged("it ends inside the 32-bit block");
  bytes.take(first->block_bytes(4));

  const Result<Header> second = take_header(bytes);
  if (!second) return fail(second.error());
  if (second->block_bytes(8) > bytes.size()) return damaged("it ends inside the 64-bit block");
  Result<TzifData> data = take_block(bytes, *second);
  if (!data) return data;

  std::string_view footer = bytes.rest();
  if (footer.size() < 2 || footer.front() != '\n' || footer.back() != '\n') {
    return damaged("the footer is missing");
  }
  footer = footer.substr(1, footer.size() - 2);
  if (footer.empty()) return data;
  Result<PosixTz> rule = PosixTz::parse(footer);
  if (!rule) return fail(std::move(rule.error()));
  data->rule = *rule;
  return data;
}

}  // namespace carillon
