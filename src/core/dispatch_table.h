// The table by which an operator finds the function for a record: one row per type it takes. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "core/keyed_state.h"
#include "core/operator.h"
#include "domain/words.h"

namespace carillon {

// `Opened` is what the operator looks up once per step: its context and the state it works on.
template <class Opened>
struct DispatchRow {
  RecordType type;
  Result<void> (*move)(Opened&, const Record&);
};

namespace dispatch {

template <class Opened, class Payload>
Payload payload_type(Result<void> (*)(Opened&, const Payload&));
template <class Opened, class Payload>
Opened opened_type(Result<void> (*)(Opened&, const Payload&));

}  // namespace dispatch

// A row for `Result<void> move(Opened&, const Payload&)`; the payload is read before the call.
template <auto Move>
constexpr auto dispatch_row(RecordType type) {
  using Opened = decltype(dispatch::opened_type(Move));
  using Payload = decltype(dispatch::payload_type(Move));
  return DispatchRow<Opened>{type, [](Opened& opened, const Record& record) -> Result<void> {
                               auto payload = read_payload<Payload>(record);
                               if (!payload) return fail(std::move(payload.error()));
                               return Move(opened, *payload);
                             }};
}

// Calls the function of the record's row.
//
// Errors  corrupt  the payload cannot be read, or the operator takes no such record
template <class Opened>
Result<void> dispatch_record(std::span<const DispatchRow<std::type_identity_t<Opened>>> table,
                             Opened& opened, const Record& record) {
  for (const auto& row : table) {
    if (row.type == record.type) return row.move(opened, record);
  }
  const std::string number = std::to_string(static_cast<unsigned>(record.type));
  return fail(ErrorCode::corrupt, "This operator takes no record of type " + number + ".");
}

}  // namespace carillon
