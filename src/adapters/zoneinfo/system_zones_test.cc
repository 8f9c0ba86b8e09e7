#include "adapters/zoneinfo/system_zones.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(SystemZones, knows_the_systems_zones_by_exact_name) {
  const SystemZones zones;
  EXPECT_NE(zones.find("Europe/Berlin", ""), nullptr);
  EXPECT_EQ(zones.find("europe/berlin", ""), nullptr);
  EXPECT_EQ(zones.find("../../etc/passwd", ""), nullptr);
  EXPECT_EQ(zones.find("/etc/localtime", ""), nullptr);
  EXPECT_EQ(zones.fingerprint("Europe/Berlin").size(), 64U);
  EXPECT_GT(zones.names().size(), 300U);
  EXPECT_TRUE(std::ranges::binary_search(zones.names(), "America/New_York"));
}

TEST(SystemZones, finds_rules_that_were_used_before_by_their_fingerprint) {
  std::map<std::string, std::string> kept;
  const SystemZones::Memory memory{
      .load = [&](std::string_view name) -> Result<std::optional<std::string>> {
        const auto at = kept.find(std::string(name));
        return at == kept.end() ? std::nullopt : std::optional(at->second);
      },
      .save = [&](std::string_view name, std::string_view bytes) -> Result<void> {
        kept[std::string(name)] = bytes;
        return {};
      }};
  std::string fingerprint;
  {
    const SystemZones zones("/usr/share/zoneinfo", memory);
    ASSERT_NE(zones.find("Asia/Tokyo", ""), nullptr);
    fingerprint = zones.fingerprint("Asia/Tokyo");
  }
  const SystemZones elsewhere("/nowhere", memory);
  EXPECT_EQ(elsewhere.find("Asia/Tokyo", ""), nullptr);
  EXPECT_NE(elsewhere.find("Asia/Tokyo", fingerprint), nullptr);
  EXPECT_EQ(elsewhere.find("Asia/Tokyo", std::string(64, '0')), nullptr);
  EXPECT_NE(elsewhere.find("UTC", ""), nullptr);
}

}  // namespace
}  // namespace carillon
