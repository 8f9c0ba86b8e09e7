// How engine keys become RocksDB keys and back. Pure; the layout is docs/formats/store.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ports/engine_store.h"

namespace carillon::rocksdb_keys {

// Each replaces the content of `out`, so that one buffer serves a whole batch.
void state_key(std::string& out, OperatorName op, std::string_view key, std::uint64_t subkey);
void wake_up_key(std::string& out, OperatorName op, std::string_view key, Instant at);
void position_key(std::string& out, JournalPosition position);
void fact_key(std::string& out, Topic topic, JournalPosition position);

// None when the bytes are not such a key.
std::optional<StateKey> read_state_key(std::string_view raw);
std::optional<WakeUp> read_wake_up_key(std::string_view raw);
std::optional<JournalPosition> read_position_key(std::string_view raw);
std::optional<JournalPosition> read_fact_key(std::string_view raw);  // The position.

}  // namespace carillon::rocksdb_keys
