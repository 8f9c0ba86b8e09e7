// The byte form of structs with a field table: tagged, compact, tolerant of added fields. Pure.
//
// Layout: a sequence of (varint number * 2 + kind, value). Kind 0 is a varint (unsigned, or zigzag
// for signed, Instant and Duration in ms), kind 1 is a varint length and bytes. A member equal to
// its default is left out; an element of a vector is one entry each; a nested struct is bytes. The
// bytes of equal values are equal, which replay relies on. Format page: docs/formats/wire.md.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "base/json_text.h"
#include "base/result.h"
#include "base/uuid.h"
#include "base/words.h"

namespace carillon {

using Bytes = std::string;

namespace wire {

inline constexpr std::uint32_t kKindVarint = 0;
inline constexpr std::uint32_t kKindBytes = 1;

void put_long_varint(Bytes& out, std::uint64_t value);
inline void put_varint(Bytes& out, std::uint64_t value) {
  if (value < 0x80) {
    out.push_back(static_cast<char>(value));  // Nearly all are numbers of fields and short lengths.
  } else {
    put_long_varint(out, value);
  }
}

// Puts the length of what stands behind `begin` before it.
void insert_length(Bytes& out, std::size_t begin);

// Reads a varint from the front of `in`; false at the end or when it is longer than 64 bits.
bool take_long_varint(std::string_view& in, std::uint64_t& value);
inline bool take_varint(std::string_view& in, std::uint64_t& value) {
  if (in.empty() || static_cast<std::uint8_t>(in.front()) >= 0x80) {
    return take_long_varint(in, value);
  }
  value = static_cast<std::uint8_t>(in.front());
  in.remove_prefix(1);
  return true;
}

// The bytes that fill(Bytes&) appends, kept in one allocation of their size: most values are put
// together in room that is given back, instead of growing through several and keeping up to twice
// as much.
template <class Fill>
Bytes exact_bytes(Fill&& fill) {
  constexpr std::size_t kUsualBytes = 1'024;
  Bytes room;
  room.reserve(kUsualBytes);
  fill(room);
  return {room.data(), room.size()};
}

constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

// Errors that name the struct's field number.
std::unexpected<Error> bad_field(std::uint32_t number, std::string_view why);
std::unexpected<Error> unknown_enumerator(std::uint32_t number, std::uint64_t value);

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

// Whether an enumeration has a value of that number. A number it does not have would run through
// every switch over it.
template <class E>
constexpr bool is_enumerator(std::uint64_t raw) {
  static_assert(HasWords<E>, "include the header that holds the words of this enumeration");
  constexpr auto kKnown = [] {
    std::array<bool, 256> known{};
    for (const auto& [enumerator, word] : Words<E>::rows) {
      known.at(static_cast<std::size_t>(enumerator)) = true;
    }
    return known;
  }();
  return raw < kKnown.size() && kKnown[raw];
}

// Errors  corrupt        the number does not fit the type
//         newer_version  it is no value of the enumeration
template <class T>
Result<void> from_varint(std::uint32_t field, std::uint64_t raw, T& value) {
  if constexpr (std::is_same_v<T, Instant>) {
    value = Instant::from_unix_ms(unzigzag(raw));
  } else if constexpr (std::is_same_v<T, Duration>) {
    value = Duration::milliseconds(unzigzag(raw));
  } else if constexpr (std::is_enum_v<T>) {
    if (!is_enumerator<T>(raw)) return unknown_enumerator(field, raw);
    value = static_cast<T>(raw);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (raw > 1) return bad_field(field, "it is neither true nor false");
    value = raw != 0;
  } else if constexpr (std::is_signed_v<T>) {
    if (!std::in_range<T>(unzigzag(raw))) return bad_field(field, "its number is too large");
    value = static_cast<T>(unzigzag(raw));
  } else {
    if (!std::in_range<T>(raw)) return bad_field(field, "its number is too large");
    value = static_cast<T>(raw);
  }
  return {};
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
  return wire::exact_bytes([&](Bytes& out) { append_wire(out, value); });
}

namespace wire {

// The kind with which a member of this type is written. StrongIds of either kind may be elements.
template <class Member>
constexpr bool kind_fits(std::uint32_t kind) {
  if constexpr (kIsVector<Member> || kIsOptional<Member>) {
    using Element = typename Member::value_type;
    if constexpr (kIsStrongId<Element>) return true;
    return (kind == kKindVarint) == kIsVarint<Element>;
  } else if constexpr (kIsStrongId<Member>) {
    return (kind == kKindVarint) == kIsVarint<typename Member::raw_type>;
  } else {
    return (kind == kKindVarint) == kIsVarint<Member>;
  }
}

// One field as it stands in the bytes.
struct Entry {
  std::uint32_t number = 0;
  std::uint32_t kind = 0;
  std::uint64_t varint = 0;
  std::string_view bytes;
};

template <class Member>
Result<void> read_entry(const Entry& entry, Member& member) {
  if (!kind_fits<Member>(entry.kind)) return bad_field(entry.number, "it has the wrong kind");
  if constexpr (kIsVector<Member>) {
    return read_value(entry.number, entry.varint, entry.bytes, member.emplace_back());
  } else if constexpr (kIsOptional<Member>) {
    return read_value(entry.number, entry.varint, entry.bytes, member.emplace());
  } else {
    return read_value(entry.number, entry.varint, entry.bytes, member);
  }
}

}  // namespace wire

// Reads what append_wire wrote into a value whose members are their defaults. After an error it
// holds what was read until then.
//
// Errors  corrupt        the bytes end early, a value has the wrong kind or does not fit
//         newer_version  a field number or an enumerator that this version does not know
template <HasFields T>
Result<void> read_wire(std::string_view in, T& value) {
  // Numbers known at compile time make the search for a field a jump.
  constexpr auto kRows = std::make_index_sequence<std::tuple_size_v<decltype(T::fields())>>();
  while (!in.empty()) {
    std::uint64_t header = 0;
    wire::Entry entry;
    if (!wire::take_varint(in, header) || !wire::take_varint(in, entry.varint)) {
      return wire::bad_field(0, "the bytes end inside a field");
    }
    if (!std::in_range<std::uint32_t>(header >> 1)) {
      return wire::bad_field(0, "a field number is too large");
    }
    entry.number = static_cast<std::uint32_t>(header >> 1);
    entry.kind = static_cast<std::uint32_t>(header & 1);
    if (entry.kind == wire::kKindBytes) {
      if (entry.varint > in.size()) {
        return wire::bad_field(entry.number, "its length runs past the end");
      }
      entry.bytes = in.substr(0, entry.varint);
      in.remove_prefix(entry.varint);
    }
    Result<void> read{};
    const bool is_known = [&]<std::size_t... kRow>(std::index_sequence<kRow...>) {
      return (
          (std::get<kRow>(kFieldsOf<T>).number == entry.number &&
           (read = wire::read_entry(entry, value.*(std::get<kRow>(kFieldsOf<T>).member)), true)) ||
          ...);
    }(kRows);
    if (!read) return read;
    if (!is_known) {
      return fail(ErrorCode::newer_version, "A stored value has field " +
                                                std::to_string(entry.number) +
                                                ", unknown to this version.");
    }
  }
  return {};
}

// Reads what append_wire wrote. Errors as for read_wire.
template <HasFields T>
Result<T> from_wire(std::string_view in) {
  Result<T> value;
  if (auto read = read_wire(in, *value); !read) value = std::unexpected(std::move(read.error()));
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
      const std::size_t begin = out.size();
      append_wire(out, value);
      insert_length(out, begin);
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
    return from_varint(number, varint, value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    value.assign(bytes);
  } else if constexpr (std::is_same_v<T, JsonText>) {
    value = JsonText(std::string(bytes));
  } else if constexpr (std::is_same_v<T, Uuid>) {
    const auto id = uuid_from_raw(bytes);
    if (!id) return bad_field(number, "an id must have 16 bytes");
    value = *id;
  } else {
    return read_wire(bytes, value);
  }
  return {};
}

}  // namespace wire
}  // namespace carillon
