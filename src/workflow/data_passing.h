// What a step takes in and what a workflow gives back, as JSON text built from JSON text. Pure; no
// part is parsed, so every value stays as its step wrote it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_text.h"
#include "domain/workflow/step_status.h"
#include "workflow/step_graph.h"

namespace carillon {

// The inputs of a step: one member per dependency with its result, null where it had none.
class StepInputs {
 public:
  void add(std::string_view step, const JsonText& result);

  // The object, or nullopt when it is larger than limits::kStepInputsBytes.
  [[nodiscard]] std::optional<JsonText> json() const;

 private:
  std::string members_;
};

// The result of a workflow run:
//   {"results": {"<step>": <its result>, ...}, "steps": {"<step>": "<STATUS>", ...},
//    "truncated": ["<step>", ...]}
// `results` has the completed steps. One that does not fit is null there and named in `truncated`,
// which is absent when everything fits.
class WorkflowResult {
 public:
  // Requires  one status per step
  WorkflowResult(const StepGraph& graph, std::span<const StepStatus> statuses);

  // Adds the result of a completed step; steps in ascending order.
  void add(std::uint32_t step, const JsonText& result);

  // Guarantees  at most limits::kResultBytes
  [[nodiscard]] JsonText json() const;

 private:
  const StepGraph& graph_;
  std::string statuses_;
  std::string results_;
  std::string truncated_;
  std::size_t bytes_left_ = 0;  // For results, after room for everything else was set aside.
};

}  // namespace carillon
