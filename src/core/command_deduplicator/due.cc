#include "core/command_deduplicator/moves.h"

namespace carillon::command_deduplicator {

Result<void> due(OpenKey& opened, const Due& due) {
  if (!opened.kept || due.at != opened.kept->expires) return {};
  opened.context.erase(kCommandSubkey);
  return {};
}

}  // namespace carillon::command_deduplicator
