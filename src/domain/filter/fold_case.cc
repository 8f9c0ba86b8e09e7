#include "domain/filter/fold_case.h"

#include <cstdint>

namespace carillon {
namespace {

constexpr bool within(std::uint32_t c, std::uint32_t first, std::uint32_t last) {
  return c >= first && c <= last;
}

// Blocks whose letters come in pairs, the capital on the even code point.
constexpr bool is_even_pair(std::uint32_t c) {
  return (within(c, 0x100, 0x12f) || within(c, 0x132, 0x137) || within(c, 0x14a, 0x177) ||
          within(c, 0x460, 0x481) || within(c, 0x48a, 0x4bf) || within(c, 0x4d0, 0x52f));
}

// The same with the capital on the odd code point.
constexpr bool is_odd_pair(std::uint32_t c) {
  return within(c, 0x139, 0x148) || within(c, 0x179, 0x17e) || within(c, 0x4c1, 0x4ce);
}

// Code points below U+0800 only: all that two bytes of UTF-8 can say. Source: Unicode 15,
// CaseFolding.txt, the rows of status C for these blocks.
constexpr std::uint32_t fold(std::uint32_t c) {
  if (within(c, 0xc0, 0xde) && c != 0xd7) return c + 0x20;
  if (is_even_pair(c)) return c | 1;
  if (is_odd_pair(c)) return (c & 1) != 0 ? c + 1 : c;
  if (c == 0x178) return 0xff;
  if (c == 0x386) return 0x3ac;
  if (within(c, 0x388, 0x38a)) return c + 0x25;
  if (c == 0x38c) return 0x3cc;
  if (within(c, 0x38e, 0x38f)) return c + 0x3f;
  if (within(c, 0x391, 0x3ab) && c != 0x3a2) return c + 0x20;
  if (c == 0x3c2) return 0x3c3;  // The final sigma is a sigma.
  if (within(c, 0x400, 0x40f)) return c + 0x50;
  if (within(c, 0x410, 0x42f)) return c + 0x20;
  if (c == 0x4c0) return 0x4cf;
  return c;
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto lead = static_cast<std::uint8_t>(out[i]);
    if (lead >= 'A' && lead <= 'Z') {
      out[i] = static_cast<char>(lead + 0x20);
      continue;
    }
    if (lead < 0xc2 || lead > 0xdf || i + 1 == out.size()) continue;
    const auto tail = static_cast<std::uint8_t>(out[i + 1]);
    if ((tail & 0xc0) != 0x80) continue;
    const std::uint32_t folded = fold(((lead & 0x1fU) << 6) | (tail & 0x3fU));
    out[i] = static_cast<char>(0xc0 | (folded >> 6));
    out[i + 1] = static_cast<char>(0x80 | (folded & 0x3f));
    ++i;
  }
  return out;
}

}  // namespace carillon
