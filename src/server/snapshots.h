// All tasks of a store, in portions, for filling views anew.
#pragma once

#include "ports/engine_store.h"
#include "runtime/views/view_writer.h"

namespace carillon::server {

// Requires  the store outlives the source.
SnapshotSource snapshots_of(const EngineStore& store);

}  // namespace carillon::server
