#include "executors/types/noop.h"

namespace carillon {
namespace {

constexpr TypeInfo kInfo{
    .name = "noop",
    .lane = Lane::instant,
    .summary = "Does nothing and is done at once.",
    .parameter_schema = R"({"type": "object", "properties": {}})",
    .example = R"({"name": "heartbeat", "parameters": {"type": "noop"}})",
};

}  // namespace

TaskType noop_type() {
  return {.info = kInfo, .handler = [](AttemptContext&) -> AttemptEnding {
            return Completed{boost::json::object{}};
          }};
}

}  // namespace carillon
