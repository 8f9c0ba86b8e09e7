#include "api/http/request_ids.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/uuid.h"

namespace carillon::http {

bool is_sane_request_id(std::string_view text) {
  constexpr std::size_t kBytesMax = 128;
  if (text.empty() || text.size() > kBytesMax) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  });
}

std::string RequestIds::next(Instant now) {
  std::array<std::uint8_t, 10> random{};
  const std::uint64_t first = next_random();
  const std::uint64_t second = next_random();
  std::memcpy(random.data(), &first, sizeof(first));
  std::memcpy(random.data() + sizeof(first), &second, random.size() - sizeof(first));
  return to_text(make_uuid_v7(now, random));
}

std::uint64_t RequestIds::next_random() {
  state_ += 0x9e3779b97f4a7c15u;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

}  // namespace carillon::http
