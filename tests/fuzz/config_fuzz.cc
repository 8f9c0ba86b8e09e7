// Feeds arbitrary bytes to the configuration, as a file and as a --set: nothing may crash or hang,
// and what loads must load again from its own print with the same values.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "server/config/load_config.h"
#include "server/config/print_config.h"
#include "server/config/yaml_document.h"

namespace {

using namespace carillon;
using namespace carillon::server;

void check_faults(const ConfigFaults& faults) {
  CARILLON_CHECK(!faults.empty() && faults.size() <= kConfigFaultsMax, "a bounded list of faults");
  for (const Error& error : faults) {
    CARILLON_CHECK(!error.message.empty(), "a fault says what is wrong");
    CARILLON_CHECK(escape_control(error.message) == error.message, "a fault is one line");
    CARILLON_CHECK(escape_control(error.hint) == error.hint, "a hint is one line");
  }
}

void check_round_trip(const LoadedConfig& loaded) {
  const std::string text = print_config(loaded, WithOrigin::yes);
  if (text.size() > kYamlBytesMax) return;
  const auto again = load_config({.file = ConfigFile{.name = "printed", .text = text}});
  CARILLON_CHECK(again.has_value(), "what was printed loads");
  CARILLON_CHECK(changed_keys(loaded, *again).empty(), "what was printed means the same");
}

void check_sources(const ConfigSources& sources) {
  if (const auto loaded = load_config(sources)) {
    check_round_trip(*loaded);
  } else {
    check_faults(loaded.error());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_sources({.file = ConfigFile{.name = "fuzz", .text = std::string(bytes)}});
  if (const auto given = parse_override(bytes)) check_sources({.overrides = {*given}});
  return 0;
}
