#include "adapters/embedded/rocksdb/rocksdb_keys.h"

#include "base/check.h"

namespace carillon::rocksdb_keys {

namespace {

constexpr std::size_t kNumber = 8;
constexpr std::uint64_t kSignBit = 1ULL << 63;

// Big-endian, so that bytes sort as numbers do.
void append_number(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

std::uint64_t read_number(std::string_view raw) {
  std::uint64_t value = 0;
  for (const char byte : raw.substr(0, kNumber))
    value = (value << 8) | static_cast<std::uint8_t>(byte);
  return value;
}

}  // namespace

void state_key(std::string& out, OperatorName op, std::string_view key, std::uint64_t subkey) {
  CARILLON_CHECK(key.size() <= 0xff, "keys are ids and names of at most 255 bytes");
  out.clear();
  out.push_back(static_cast<char>(op));
  out.push_back(static_cast<char>(key.size()));
  out += key;
  append_number(out, subkey);
}

std::optional<StateKey> read_state_key(std::string_view raw) {
  if (raw.size() < 2 + kNumber) return std::nullopt;
  const auto size = static_cast<std::size_t>(static_cast<std::uint8_t>(raw[1]));
  if (raw.size() != 2 + size + kNumber) return std::nullopt;
  return StateKey{.op = static_cast<OperatorName>(raw[0]),
                  .key = Key(raw.substr(2, size)),
                  .subkey = read_number(raw.substr(2 + size))};
}

void wake_up_key(std::string& out, OperatorName op, std::string_view key, Instant at) {
  out.clear();
  append_number(out, static_cast<std::uint64_t>(at.unix_ms()) ^ kSignBit);
  out.push_back(static_cast<char>(op));
  out += key;
}

std::optional<WakeUp> read_wake_up_key(std::string_view raw) {
  if (raw.size() < kNumber + 1) return std::nullopt;
  const auto ms = static_cast<std::int64_t>(read_number(raw) ^ kSignBit);
  return WakeUp{.op = static_cast<OperatorName>(raw[kNumber]),
                .key = Key(raw.substr(kNumber + 1)),
                .at = Instant::from_unix_ms(ms)};
}

void position_key(std::string& out, JournalPosition position) {
  out.clear();
  append_number(out, position.value());
}

std::optional<JournalPosition> read_position_key(std::string_view raw) {
  if (raw.size() != kNumber) return std::nullopt;
  return JournalPosition(read_number(raw));
}

void fact_key(std::string& out, Topic topic, JournalPosition position) {
  out.clear();
  out.push_back(static_cast<char>(topic));
  append_number(out, position.value());
}

std::optional<JournalPosition> read_fact_key(std::string_view raw) {
  if (raw.size() != 1 + kNumber) return std::nullopt;
  return JournalPosition(read_number(raw.substr(1)));
}

}  // namespace carillon::rocksdb_keys
