// Time zone rules from the system's compiled zone files, remembered in the engine's store.
//
// A rule that was ever used is kept by its fingerprint, so that a replay of old records, or a task
// armed before an update of the zone data, still finds the rules of its day. Any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/zone/zone_source.h"

namespace carillon {

class SystemZones final : public ZoneSource {
 public:
  // Where zones that were used are kept; both may be empty, then nothing outlives the process.
  struct Memory {
    std::function<Result<std::optional<std::string>>(std::string_view name)> load;
    std::function<Result<void>(std::string_view name, std::string_view bytes)> save;
  };

  // Requires  folder holds compiled zones, as /usr/share/zoneinfo does.
  explicit SystemZones(std::string folder = "/usr/share/zoneinfo", Memory memory = {});

  [[nodiscard]] const ZoneRules* find(std::string_view name,
                                      std::string_view fingerprint) const override;
  [[nodiscard]] std::string_view fingerprint(std::string_view name) const override;
  [[nodiscard]] std::span<const std::string_view> names() const override;

 private:
  struct Zone {
    std::string fingerprint;
    std::unique_ptr<ZoneRules> rules;
  };
  using ZoneKey = std::pair<std::string, std::string>;  // Name and fingerprint.

  const Zone* current(std::string_view name) const;
  const Zone* remembered(std::string_view name, std::string_view fingerprint) const;
  const Zone* keep(std::string_view name, std::string_view bytes) const;

  const std::string folder_;
  const Memory memory_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, const Zone*, std::less<>> current_;  // Null: there is none.
  mutable std::map<ZoneKey, Zone> zones_;                            // Never shrinks.
  mutable std::vector<std::string> name_texts_;
  mutable std::vector<std::string_view> names_;
};

}  // namespace carillon
