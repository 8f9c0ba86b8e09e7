#include "server/snapshots.h"

#include <utility>
#include <vector>

#include "core/task_scheduler/task_state.h"
#include "runtime/service/task_reader.h"

namespace carillon::server {
namespace {

constexpr std::size_t kPortion = 512;

}  // namespace

SnapshotSource snapshots_of(const EngineStore& store) {
  return
      [&store](
          const std::function<Result<void>(std::span<const TaskSnapshot>)>& visit) -> Result<void> {
        std::vector<TaskSnapshot> portion;
        Result<void> visited;
        auto scanned = store.scan_state(OperatorName::task_scheduler, {},
                                        [&](const StateKey& key, std::string_view) {
                                          const auto uuid = uuid_from_raw(key.key);
                                          if (key.subkey != kTaskStateSubkey || !uuid) return true;
                                          auto task = read_committed_task(store, TaskId{*uuid});
                                          if (!task) {
                                            visited = fail(std::move(task.error()));
                                            return false;
                                          }
                                          if (*task) portion.push_back(std::move(**task));
                                          if (portion.size() < kPortion) return true;
                                          visited = visit(portion);
                                          portion.clear();
                                          return visited.has_value();
                                        });
        if (!scanned) return scanned;
        if (!visited) return visited;
        return visit(portion);
      };
}

}  // namespace carillon::server
