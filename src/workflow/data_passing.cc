#include "workflow/data_passing.h"

#include "base/check.h"
#include "base/json_writer.h"
#include "domain/limits.h"
#include "domain/words.h"

namespace carillon {
namespace {

constexpr std::size_t kQuotedNameBytes = limits::kStepNameBytes + 2;  // No name needs an escape.
constexpr std::size_t kPunctuation = 64;  // Braces and the three member names.

// Room set aside per completed step: its status, a null result, its name in `truncated`.
constexpr std::size_t kFixedBytesPerStep =
    (kQuotedNameBytes + 14) + (kQuotedNameBytes + 6) + (kQuotedNameBytes + 1);
static_assert(kPunctuation + limits::kWorkflowSteps * kFixedBytesPerStep <= limits::kResultBytes,
              "a result without any data must always fit");

void append_comma(std::string& out) {
  if (!out.empty()) out.push_back(',');
}

}  // namespace

void StepInputs::add(std::string_view step, const JsonText& result) {
  append_comma(members_);
  append_json_string(members_, step);
  members_.push_back(':');
  append_json(members_, result);
}

std::optional<JsonText> StepInputs::json() const {
  if (members_.size() + 2 > limits::kStepInputsBytes) return std::nullopt;
  return JsonText("{" + members_ + "}");
}

WorkflowResult::WorkflowResult(const StepGraph& graph, std::span<const StepStatus> statuses)
    : graph_(graph) {
  CARILLON_CHECK(graph.steps.size() == statuses.size());
  for (std::size_t at = 0; at < statuses.size(); ++at) {
    append_comma(statuses_);
    append_json_string(statuses_, graph.steps[at].name);
    statuses_.push_back(':');
    append_json_string(statuses_, word_of(statuses[at]));
  }
  bytes_left_ = limits::kResultBytes - kPunctuation - statuses.size() * kFixedBytesPerStep;
}

void WorkflowResult::add(std::uint32_t step, const JsonText& result) {
  const std::string& name = graph_.steps[step].name;
  append_comma(results_);
  append_json_string(results_, name);
  results_.push_back(':');
  if (result.text().size() <= bytes_left_) {
    append_json(results_, result);
    bytes_left_ -= result.text().size();
    return;
  }
  results_ += "null";
  append_comma(truncated_);
  append_json_string(truncated_, name);
}

JsonText WorkflowResult::json() const {
  std::string out = R"({"results":{)" + results_ + R"(},"steps":{)" + statuses_ + "}";
  if (!truncated_.empty()) out += R"(,"truncated":[)" + truncated_ + "]";
  out.push_back('}');
  CARILLON_CHECK(out.size() <= limits::kResultBytes);
  return JsonText(std::move(out));
}

}  // namespace carillon
