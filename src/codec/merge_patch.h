// JSON merge patch, RFC 7396. Includes simdjson.
#pragma once

#include <string>

#include "codec/json_document.h"

namespace carillon {

// The target after the patch, as JSON text. Members that the patch sets to null are removed.
std::string merge_patch(simdjson::dom::element target, simdjson::dom::element patch);

}  // namespace carillon
