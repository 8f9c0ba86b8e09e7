#include "adapters/zoneinfo/system_zones.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <openssl/sha.h>

namespace carillon {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kZoneBytesMax = 256 * 1024;

// Names as IANA writes them: no way out of the folder can be spelled with these.
bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || name.front() == '/' || name.front() == '.') return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  });
}

std::optional<std::string> read_zone_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kZoneBytesMax, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (!bytes.starts_with("TZif")) return std::nullopt;
  return bytes;
}

std::string sha256_hex(std::string_view bytes) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), digest.data());
  std::string hex;
  for (const std::uint8_t byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string memory_name(std::string_view name, std::string_view fingerprint) {
  return fmt::format("zone/{}/{}", name, fingerprint);
}

}  // namespace

SystemZones::SystemZones(std::string folder, Memory memory)
    : folder_(std::move(folder)), memory_(std::move(memory)) {}

const SystemZones::Zone* SystemZones::keep(std::string_view name, std::string_view bytes) const {
  auto rules = ZoneRules::parse(bytes);
  if (!rules) return nullptr;
  std::string fingerprint = sha256_hex(bytes);
  Zone zone{.fingerprint = fingerprint, .rules = std::make_unique<ZoneRules>(std::move(*rules))};
  const auto [at, added] =
      zones_.try_emplace(ZoneKey{std::string(name), std::move(fingerprint)}, std::move(zone));
  return &at->second;
}

const SystemZones::Zone* SystemZones::current(std::string_view name) const {
  if (const auto known = current_.find(name); known != current_.end()) return known->second;
  if (!is_zone_name(name)) return nullptr;
  const Zone* zone = nullptr;
  if (const auto bytes = read_zone_file(fs::path(folder_) / name)) {
    zone = keep(name, *bytes);
    if (zone != nullptr && memory_.save) {
      const std::string key = memory_name(name, zone->fingerprint);
      // A zone that cannot be kept is not used: a later replay would miss it.
      if (!memory_.save(key, *bytes)) zone = nullptr;
    }
  }
  if (zone != nullptr) current_.emplace(name, zone);
  return zone;
}

const SystemZones::Zone* SystemZones::remembered(std::string_view name,
                                                 std::string_view fingerprint) const {
  if (const auto at = zones_.find(ZoneKey{name, fingerprint}); at != zones_.end()) {
    return &at->second;
  }
  if (!memory_.load) return nullptr;
  const auto bytes = memory_.load(memory_name(name, fingerprint));
  if (!bytes || !*bytes || sha256_hex(**bytes) != fingerprint) return nullptr;
  return keep(name, **bytes);
}

const ZoneRules* SystemZones::find(std::string_view name, std::string_view fingerprint) const {
  const std::lock_guard lock(mutex_);
  const Zone* zone = current(name);
  if (!fingerprint.empty() && (zone == nullptr || zone->fingerprint != fingerprint)) {
    zone = remembered(name, fingerprint);
  }
  if (zone != nullptr) return zone->rules.get();
  return name == "UTC" && fingerprint.empty() ? &ZoneRules::utc() : nullptr;
}

std::string_view SystemZones::fingerprint(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const Zone* zone = current(name);
  return zone == nullptr ? std::string_view{} : std::string_view(zone->fingerprint);
}

std::span<const std::string_view> SystemZones::names() const {
  const std::lock_guard lock(mutex_);
  if (!names_.empty()) return names_;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(folder_, options, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = fs::relative(at->path(), folder_, error).generic_string();
    const bool is_copy = name.starts_with("posix/") || name.starts_with("right/");
    if (is_copy || !is_zone_name(name) || !at->is_regular_file(error)) continue;
    std::ifstream file(at->path(), std::ios::binary);
    std::array<char, 4> magic{};
    file.read(magic.data(), magic.size());
    if (std::string_view(magic.data(), magic.size()) == "TZif") name_texts_.push_back(name);
  }
  std::ranges::sort(name_texts_);
  names_.assign(name_texts_.begin(), name_texts_.end());
  return names_;
}

}  // namespace carillon
