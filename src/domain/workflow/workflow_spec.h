// The steps of a workflow as the user wrote them. Values; the rules about them are in workflow/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "base/json_text.h"
#include "domain/policy/policy_words.h"

namespace carillon {

// One step. It becomes a child task of its own, so retries, time-outs and logs are those of any
// task.
struct WorkflowStep {
  std::string name;
  std::vector<std::string> depends_on;  // Names of steps that must have completed.
  std::string type;
  Lane lane = Lane::cpu;
  JsonText parameters;
  std::uint32_t max_retries = 0;
  Duration retry_delay = Duration::seconds(1);
  std::optional<Duration> attempt_timeout;

  friend bool operator==(const WorkflowStep&, const WorkflowStep&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "name", &WorkflowStep::name},
                      Field{2, "dependsOn", &WorkflowStep::depends_on},
                      Field{3, "type", &WorkflowStep::type},
                      Field{4, "lane", &WorkflowStep::lane},
                      Field{5, "parameters", &WorkflowStep::parameters},
                      Field{6, "maxRetries", &WorkflowStep::max_retries},
                      Field{7, "retryDelayMs", &WorkflowStep::retry_delay},
                      Field{8, "attemptTimeoutMs", &WorkflowStep::attempt_timeout}};
  }
};

struct WorkflowSpec {
  std::vector<WorkflowStep> steps;

  friend bool operator==(const WorkflowSpec&, const WorkflowSpec&) = default;
  static constexpr auto fields() { return std::tuple{Field{1, "steps", &WorkflowSpec::steps}}; }
};

}  // namespace carillon
