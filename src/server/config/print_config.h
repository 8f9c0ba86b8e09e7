// The configuration as text: as a file that loads again, and as the reference page. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "server/config/load_config.h"

namespace carillon::server {

enum class WithOrigin : std::uint8_t { no, yes };

// All values as YAML; with origins, each has where it came from behind it as a comment.
//
// Guarantees  loading the text as a file gives the same values, if it is no longer than a file may
//             be; it holds no secret, only the paths of the files that do
std::string print_config(const LoadedConfig& loaded, WithOrigin with_origin);

// docs/reference/configuration.md.
std::string reference_markdown();

}  // namespace carillon::server
