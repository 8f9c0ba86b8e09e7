// What is remembered of a command that came with an idempotency key. Values; bytes:
// docs/formats/core-state.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "base/fields.h"
#include "base/instant.h"
#include "core/operator.h"
#include "domain/id/ids.h"
#include "domain/record/facts.h"

namespace carillon::command_deduplicator {

struct KeptCommand {
  static constexpr std::uint8_t kSchemaVersion = 1;

  CommandId id;             // Of the request that came first.
  std::string fingerprint;  // Of what it asked for.
  Key target;
  Instant expires;
  std::optional<TaskAnswer> answer;

  static constexpr auto fields() {
    using K = KeptCommand;
    return std::tuple{Field{1, "commandId", &K::id}, Field{2, "fingerprint", &K::fingerprint},
                      Field{3, "target", &K::target}, Field{4, "expires", &K::expires},
                      Field{5, "answer", &K::answer}};
  }
};

inline constexpr Subkey kCommandSubkey = 0;

// The key of one step of the machine: looked up once, stored by the move that changes it.
struct OpenKey {
  Context& context;
  std::optional<KeptCommand> kept;
};

// Tells the world the answer to a command about the task whose key is `target`.
void tell_answer(Context& context, const Key& target, const TaskAnswer& answer);

}  // namespace carillon::command_deduplicator
