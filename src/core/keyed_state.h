// Typed values in a key's state, each behind a schema version byte. Pure; used by every operator.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/wire.h"
#include "core/operator.h"
#include "domain/words.h"

namespace carillon {

// A struct that is stored under a subkey: a field table and the version of its meaning. Adding a
// field keeps the version; changing what a field means raises it and brings an upgrade in
// load_state.
template <class T>
concept StoredState = HasFields<T> && requires { T::kSchemaVersion; };

// The stored bytes of a state value, for readers outside a step.
template <StoredState T>
Result<T> decode_state(std::string_view bytes) {
  if (bytes.empty()) return fail(ErrorCode::corrupt, "A stored state value is empty.");
  const auto version = static_cast<unsigned char>(bytes.front());
  if (version > T::kSchemaVersion) {
    return fail(ErrorCode::newer_version, "A stored state value was written by a newer version.",
                "Start the newer carillon again, or restore a backup made before the upgrade.");
  }
  return from_wire<T>(bytes.substr(1));
}

// Reads the value under the subkey; none when there is none.
//
// Errors  corrupt        the bytes cannot be read
//         newer_version  a newer core wrote them
template <StoredState T>
Result<std::optional<T>> load_state(Context& context, Subkey subkey) {
  const std::optional<Bytes> bytes = context.get(subkey);
  if (!bytes) return std::optional<T>{};
  auto value = decode_state<T>(*bytes);
  if (!value) return fail(std::move(value.error()));
  return std::optional<T>(std::move(*value));
}

// The bytes that decode_state reads: the version, then the fields.
template <StoredState T>
Bytes encode_state(const T& value) {
  return wire::exact_bytes([&](Bytes& out) {
    out.push_back(static_cast<char>(T::kSchemaVersion));
    append_wire(out, value);
  });
}

template <StoredState T>
void store_state(Context& context, Subkey subkey, const T& value) {
  context.put(subkey, encode_state(value));
}

// Reads a record's payload as the struct of its type.
template <HasFields T>
Result<T> read_payload(const Record& record) {
  return from_wire<T>(record.payload);
}

}  // namespace carillon
