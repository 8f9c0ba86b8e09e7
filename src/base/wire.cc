#include "base/wire.h"

#include <fmt/format.h>

namespace carillon::wire {

void put_long_varint(Bytes& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void insert_length(Bytes& out, std::size_t begin) {
  Bytes length;  // At most ten bytes, which a string keeps within itself.
  put_varint(length, out.size() - begin);
  out.insert(begin, length);
}

bool take_long_varint(std::string_view& in, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(in.front());
    in.remove_prefix(1);
    if (shift == 63 && byte > 1) return false;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

std::unexpected<Error> bad_field(std::uint32_t number, std::string_view why) {
  return fail(ErrorCode::corrupt,
              fmt::format("A stored value is damaged: field {}: {}.", number, why));
}

std::unexpected<Error> unknown_enumerator(std::uint32_t number, std::uint64_t value) {
  return fail(
      ErrorCode::newer_version,
      fmt::format("A stored value has {} in field {}, unknown to this version.", value, number));
}

}  // namespace carillon::wire
