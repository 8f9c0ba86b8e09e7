#include "workflow/step_graph.h"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "domain/limits.h"

namespace carillon {
namespace {

using IndexOfName = std::unordered_map<std::string_view, std::uint32_t>;

bool contains(std::span<const std::uint32_t> steps, std::uint32_t step) {
  return std::ranges::find(steps, step) != steps.end();
}

std::unexpected<Error> invalid(std::string pointer, std::string message, std::string hint) {
  return std::unexpected(Error{.code = ErrorCode::workflow_invalid,
                               .message = std::move(message),
                               .hint = std::move(hint),
                               .column = std::nullopt,
                               .pointer = std::move(pointer)});
}

// Names go into task names and JSON members as they are, so what would need escaping is refused.
bool is_step_name(std::string_view name) {
  if (name.empty() || name.size() > limits::kStepNameBytes || !is_utf8(name)) return false;
  return std::ranges::none_of(name, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f || c == '"' || c == '\\';
  });
}

Result<void> check_bounds(const WorkflowSpec& spec) {
  if (spec.steps.empty()) {
    return invalid("/steps", "The workflow has no steps.",
                   R"(Give at least one: "steps": [{"name": "first", "type": "noop"}].)");
  }
  if (spec.steps.size() > limits::kWorkflowSteps) {
    return invalid("/steps",
                   fmt::format("The workflow has more than {} steps.", limits::kWorkflowSteps),
                   "Split it into several workflows.");
  }
  std::size_t edges = 0;
  for (const WorkflowStep& step : spec.steps) edges += step.depends_on.size();
  if (edges > limits::kWorkflowEdges) {
    return invalid("/steps",
                   fmt::format("The steps have {} dependencies in all; {} are allowed.", edges,
                               limits::kWorkflowEdges),
                   "Put a step between that joins many into one.");
  }
  return {};
}

Result<IndexOfName> index_names(const WorkflowSpec& spec) {
  IndexOfName index;
  for (std::uint32_t at = 0; at < spec.steps.size(); ++at) {
    const WorkflowStep& step = spec.steps[at];
    const std::string pointer = fmt::format("/steps/{}/name", at);
    if (!is_step_name(step.name)) {
      return invalid(pointer,
                     fmt::format("The name of step {} is empty, longer than {} bytes, or holds "
                                 "quotes, backslashes or control characters.",
                                 at + 1, limits::kStepNameBytes),
                     "Use a short name such as load-orders.");
    }
    if (step.lane == Lane::workflow) {
      return invalid(fmt::format("/steps/{}/type", at),
                     fmt::format("Step {} is itself a workflow.", step.name),
                     "Put its steps into this workflow.");
    }
    if (!index.emplace(step.name, at).second) {
      return invalid(pointer, fmt::format("Two steps are named {}.", step.name),
                     "Give every step a name of its own.");
    }
  }
  return index;
}

std::string nearest_step(const WorkflowSpec& spec, std::string_view wrong) {
  std::vector<std::string_view> names;
  for (const WorkflowStep& step : spec.steps) names.push_back(step.name);
  const std::string_view nearest = nearest_name(wrong, names);
  if (nearest.empty()) return "dependsOn takes names of steps of the same workflow.";
  return fmt::format("Did you mean {}?", nearest);
}

Result<StepNode> resolve(const WorkflowSpec& spec, const IndexOfName& index, std::uint32_t at) {
  const WorkflowStep& step = spec.steps[at];
  StepNode node{.name = step.name};
  for (std::size_t i = 0; i < step.depends_on.size(); ++i) {
    const std::string& wanted = step.depends_on[i];
    const std::string pointer = fmt::format("/steps/{}/dependsOn/{}", at, i);
    const auto found = index.find(wanted);
    if (found == index.end()) {
      return invalid(pointer,
                     fmt::format("Step {} depends on {}, which is not a step.", step.name,
                                 escape_control(wanted)),
                     nearest_step(spec, wanted));
    }
    if (contains(node.depends_on, found->second)) {
      return invalid(pointer, fmt::format("Step {} depends on {} twice.", step.name, wanted),
                     "Name every dependency once.");
    }
    node.depends_on.push_back(found->second);
  }
  return node;
}

// The steps that are left when all that can run have run: each waits for another of them.
std::vector<std::uint32_t> steps_that_never_start(const StepGraph& graph) {
  std::vector<std::vector<std::uint32_t>> dependents(graph.steps.size());
  std::vector<std::size_t> open(graph.steps.size());
  std::vector<std::uint32_t> ready;
  for (std::uint32_t at = 0; at < graph.steps.size(); ++at) {
    open[at] = graph.steps[at].depends_on.size();
    for (const std::uint32_t dependency : graph.steps[at].depends_on) {
      dependents[dependency].push_back(at);
    }
    if (open[at] == 0) ready.push_back(at);
  }
  while (!ready.empty()) {
    const std::uint32_t done = ready.back();
    ready.pop_back();
    for (const std::uint32_t dependent : dependents[done]) {
      if (--open[dependent] == 0) ready.push_back(dependent);
    }
  }
  std::vector<std::uint32_t> left;
  for (std::uint32_t at = 0; at < open.size(); ++at) {
    if (open[at] > 0) left.push_back(at);
  }
  return left;
}

// One cycle among the steps that never start, as a text "a -> b -> a". Every such step depends on
// another one, so following any of them must come back.
std::string spell_cycle(const StepGraph& graph, std::span<const std::uint32_t> stuck) {
  std::vector<std::uint32_t> path;
  std::uint32_t at = stuck.front();
  while (!contains(path, at)) {
    path.push_back(at);
    at = *std::ranges::find_if(graph.steps[at].depends_on, [&](std::uint32_t dependency) {
      return contains(stuck, dependency);
    });
  }
  std::string text;
  for (auto step = std::ranges::find(path, at); step != path.end(); ++step) {
    text += graph.steps[*step].name + " -> ";
  }
  return text + graph.steps[at].name;
}

}  // namespace

std::optional<std::uint32_t> StepGraph::find(std::string_view name) const {
  for (std::uint32_t at = 0; at < steps.size(); ++at) {
    if (steps[at].name == name) return at;
  }
  return std::nullopt;
}

Result<StepGraph> make_step_graph(const WorkflowSpec& spec) {
  if (auto bounded = check_bounds(spec); !bounded) return fail(std::move(bounded.error()));
  const auto index = index_names(spec);
  if (!index) return fail(index.error());
  StepGraph graph;
  for (std::uint32_t at = 0; at < spec.steps.size(); ++at) {
    auto node = resolve(spec, *index, at);
    if (!node) return fail(std::move(node.error()));
    graph.steps.push_back(std::move(*node));
  }
  const auto stuck = steps_that_never_start(graph);
  if (!stuck.empty()) {
    return invalid(fmt::format("/steps/{}/dependsOn", stuck.front()),
                   fmt::format("Steps wait for each other: {}.", spell_cycle(graph, stuck)),
                   "Remove one of these dependencies.");
  }
  return graph;
}

}  // namespace carillon
