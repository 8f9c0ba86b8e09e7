// Names that are computed from other names, so that a replay gives the same ones. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/uuid.h"
#include "domain/id/ids.h"
#include "domain/record/envelope.h"

namespace carillon {

// The key of a workflow run: the 16 bytes of the task id, then the run's number, big-endian.
Key workflow_key(const RunId& run);

// Reads exactly what workflow_key wrote; nullopt for another length.
std::optional<RunId> parse_workflow_key(std::string_view key);

// RFC 9562 version 8: 122 bits taken from two SipHashes of the seed. Equal seeds, equal ids.
Uuid derived_uuid(std::string_view seed);

}  // namespace carillon
