#include "core/workflow_orchestrator/workflow_state.h"

#include "core/subkeys.h"
#include "domain/id/derived_ids.h"

namespace carillon::workflow_orchestrator {
namespace {

constexpr std::uint8_t kStepKind = 1;
constexpr std::uint8_t kResultKind = 2;

}  // namespace

Subkey step_subkey(std::uint32_t step) { return numbered_subkey(kStepKind, step); }
Subkey result_subkey(std::uint32_t step) { return numbered_subkey(kResultKind, step); }

TaskId child_id(const RunId& run, Fence fence, const std::string& step) {
  return TaskId(derived_uuid(workflow_key(run) + std::to_string(fence.value()) + '/' + step));
}

}  // namespace carillon::workflow_orchestrator
