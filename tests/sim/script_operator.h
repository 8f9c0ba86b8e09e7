// An operator for tests of hosts: it does what its records' payloads say, line by line. Pure.
//
//   add N            adds to the key's counter
//   answer TEXT      emits TEXT and the counter on task-responses
//   fact TEXT        emits TEXT on task-events
//   wake MS          asks to be woken at that unix millisecond; `wake never` cancels it
//   put SUBKEY TEXT  stores TEXT; `erase SUBKEY` removes it; `get SUBKEY` emits it as a fact
//   send OP KEY ...  sends the rest, with ` ; ` for line ends, to operator number OP
//   refuse           fails with corrupt
// Due and ClockStepped are told as facts; the latter moves the wake-up by the step.
#pragma once

#include <memory>

#include "core/operator.h"

namespace carillon {

std::unique_ptr<Operator> make_script_operator(OperatorName name);

// The counter of a key, from its stored bytes.
inline constexpr Subkey kScriptCounter = 1;
inline constexpr Subkey kScriptWake = 2;

}  // namespace carillon
