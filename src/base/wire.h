// The byte form of structs with a field table: tagged, compact, tolerant of added fields. Pure.
//
// Layout: a sequence of (varint number * 2 + kind, value). Kind 0 is a varint (unsigned, or zigzag
// for signed, Instant and Duration in ms), kind 1 is a varint length and bytes. A member equal to
// its default is left out; an element of a vector is one entry each; a nested struct is bytes. The
// bytes of equal values are equal, which replay relies on. Format page: docs/formats/wire.md.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "base/json_text.h"
#include "base/result.h"
#include "base/uuid.h"

namespace carillon {

using Bytes = std::string;

namespace wire {

inline constexpr std::uint32_t kKindVarint = 0;
inline constexpr std::uint32_t kKindBytes = 1;

void put_varint(Bytes& out, std::uint64_t value);

// Reads a varint from the front of `in`; false at the end or when it is longer than 64 bits.
bool take_varint(std::string_view& in, std::uint64_t& value);

constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

// Ends in an error that names the struct's field number.
std::unexpected<Error> bad_field(std::uint32_t number, std::string_view why);

template <class T>
inline constexpr bool kIsVarint = std::is_integral_v<T> || std::is_enum_v<T> ||
                                  std::is_same_v<T, Instant> || std::is_same_v<T, Duration>;

template <class T>
std::uint64_t to_varint(const T& value) {
  if constexpr (std::is_same_v<T, Instant>) {
    return zigzag(value.unix_ms());
  } else if constexpr (std::is_same_v<T, Duration>) {
    return zigzag(value.ms());
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<std::uint64_t>(value);
  } else if constexpr (std::is_signed_v<T>) {
    return zigzag(value);
  } else {
    return static_cast<std::uint64_t>(value);
  }
}

template <class T>
void from_varint(std::uint64_t raw, T& value) {
  if constexpr (std::is_same_v<T, Instant>) {
    value = Instant::from_unix_ms(unzigzag(raw));
  } else if constexpr (std::is_same_v<T, Duration>) {
    value = Duration::milliseconds(unzigzag(raw));
  } else if constexpr (std::is_same_v<T, bool>) {
    value = raw != 0;
  } else if constexpr (std::is_signed_v<T>) {
    value = static_cast<T>(unzigzag(raw));
  } else {
    value = static_cast<T>(raw);
  }
}

template <class T>
void write_value(Bytes& out, std::uint32_t number, const T& value);
template <class T>
Result<void> read_value(std::uint32_t number, std::uint64_t varint, std::string_view bytes,
                        T& value);

}  // namespace wire

// Appends the byte form of `value`.
template <HasFields T>
void append_wire(Bytes& out, const T& value) {
  static const T kDefault{};
  for_each_field<T>([&](const auto& row) {
    const auto& member = value.*(row.member);
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (kIsVector<Member>) {
      for (const auto& element : member) wire::write_value(out, row.number, element);
    } else if constexpr (kIsOptional<Member>) {
      if (member) wire::write_value(out, row.number, *member);
    } else {
      if (member != kDefault.*(row.member)) wire::write_value(out, row.number, member);
    }
  });
}

template <HasFields T>
Bytes to_wire(const T& value) {
  Bytes out;
  append_wire(out, value);
  return out;
}

// Reads what append_wire wrote.
//
// Errors  corrupt        the bytes end early or a value has the wrong kind
//         newer_version  a field number that this version does not know
template <HasFields T>
Result<T> from_wire(std::string_view in) {
  T value{};
  while (!in.empty()) {
    std::uint64_t header = 0;
    std::uint64_t varint = 0;
    if (!wire::take_varint(in, header) || !wire::take_varint(in, varint)) {
      return wire::bad_field(0, "the bytes end inside a field");
    }
    const auto number = static_cast<std::uint32_t>(header >> 1);
    std::string_view bytes;
    if ((header & 1) == wire::kKindBytes) {
      if (varint > in.size()) return wire::bad_field(number, "its length runs past the end");
      bytes = in.substr(0, varint);
      in.remove_prefix(varint);
    }
    bool known = false;
    Result<void> read{};
    for_each_field<T>([&](const auto& row) {
      if (known || row.number != number) return;
      known = true;
      using Member = std::remove_cvref_t<decltype(value.*(row.member))>;
      constexpr bool kIsSingleVarint = [] {
        if constexpr (kIsVector<Member> || kIsOptional<Member>) {
          return wire::kIsVarint<typename Member::value_type>;
        } else if constexpr (kIsStrongId<Member>) {
          return wire::kIsVarint<typename Member::raw_type>;
        } else {
          return wire::kIsVarint<Member>;
        }
      }();
      constexpr std::uint32_t kWanted = kIsSingleVarint ? wire::kKindVarint : wire::kKindBytes;
      bool kind_matches = (header & 1) == kWanted;
      if constexpr (kIsVector<Member> || kIsOptional<Member>) {
        if constexpr (kIsStrongId<typename Member::value_type>) kind_matches = true;
      }
      if (!kind_matches) {
        read = wire::bad_field(number, "it has the wrong kind");
        return;
      }
      if constexpr (kIsVector<Member>) {
        read = wire::read_value(number, varint, bytes, (value.*(row.member)).emplace_back());
      } else if constexpr (kIsOptional<Member>) {
        read = wire::read_value(number, varint, bytes, (value.*(row.member)).emplace());
      } else {
        read = wire::read_value(number, varint, bytes, value.*(row.member));
      }
    });
    if (!read) return std::unexpected(std::move(read.error()));
    if (!known) {
      return fail(ErrorCode::newer_version, "A stored value has field " + std::to_string(number) +
                                                ", unknown to this version.");
    }
  }
  return value;
}

namespace wire {

template <class T>
void write_value(Bytes& out, std::uint32_t number, const T& value) {
  if constexpr (kIsStrongId<T>) {
    write_value(out, number, value.value());
  } else if constexpr (kIsVarint<T>) {
    put_varint(out, number * 2 + kKindVarint);
    put_varint(out, to_varint(value));
  } else {
    put_varint(out, number * 2 + kKindBytes);
    if constexpr (std::is_same_v<T, std::string>) {
      put_varint(out, value.size());
      out += value;
    } else if constexpr (std::is_same_v<T, JsonText>) {
      put_varint(out, value.text().size());
      out += value.text();
    } else if constexpr (std::is_same_v<T, Uuid>) {
      put_varint(out, value.bytes.size());
      out += value.raw();
    } else {
      static_assert(HasFields<T>, "this member type has no byte form");
      const Bytes nested = to_wire(value);
      put_varint(out, nested.size());
      out += nested;
    }
  }
}

template <class T>
Result<void> read_value(std::uint32_t number, std::uint64_t varint, std::string_view bytes,
                        T& value) {
  if constexpr (kIsStrongId<T>) {
    typename T::raw_type raw{};
    auto read = read_value(number, varint, bytes, raw);
    value = T(std::move(raw));
    return read;
  } else if constexpr (kIsVarint<T>) {
    from_varint(varint, value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    value.assign(bytes);
  } else if constexpr (std::is_same_v<T, JsonText>) {
    value = JsonText(std::string(bytes));
  } else if constexpr (std::is_same_v<T, Uuid>) {
    const auto id = uuid_from_raw(bytes);
    if (!id) return bad_field(number, "an id must have 16 bytes");
    value = *id;
  } else {
    auto nested = from_wire<T>(bytes);
    if (!nested) return std::unexpected(std::move(nested.error()));
    value = std::move(*nested);
  }
  return {};
}

}  // namespace wire
}  // namespace carillon
