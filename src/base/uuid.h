// Uuid: 16 bytes with the usual text form, and the layout of version 7 (time-ordered). Value.
//
// Making one needs a clock and entropy, which base has not: the caller passes both in.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/instant.h"

namespace carillon {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  friend auto operator<=>(const Uuid&, const Uuid&) = default;

  // The 16 bytes as they are, for keys.
  [[nodiscard]] std::string_view raw() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

// Lower-case 8-4-4-4-12.
std::string to_text(const Uuid& id);

// Reads the 36-character form, any case. Nothing else is accepted.
std::optional<Uuid> parse_uuid(std::string_view text);

// The 16 raw bytes as an id; nullopt for another length.
std::optional<Uuid> uuid_from_raw(std::string_view raw);

// RFC 9562 version 7: 48 bits of unix milliseconds, then 74 bits taken from `random`.
Uuid make_uuid_v7(Instant now, std::span<const std::uint8_t, 10> random);

}  // namespace carillon

template <>
struct std::hash<carillon::Uuid> {
  std::size_t operator()(const carillon::Uuid& id) const;
};
