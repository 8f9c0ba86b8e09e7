#include "executors/types/cleanup.h"

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "executors/ending_report.h"
#include "executors/files/file_sweep.h"
#include "executors/files/sandboxed_files.h"
#include "executors/parameters.h"

namespace carillon {
namespace json = boost::json;
namespace {

constexpr TypeInfo kInfo{
    .name = "cleanup",
    .lane = Lane::blocking,
    .summary = "Removes old files below a root, or prunes run history by the retention.",
    .parameter_schema = R"({"type": "object", "properties": {
      "path": {"type": "string", "minLength": 1,
        "description": "a directory below executors.data-root; without it run history is pruned"},
      "olderThan": {"type": "string",
        "description": "an ISO 8601 duration since the last change, for example P7D"},
      "pattern": {"type": "string", "minLength": 1,
        "description": "which names, for example *.log"},
      "minBytes": {"type": "integer", "minimum": 0,
        "description": "only files of at least this size"},
      "recursive": {"type": "boolean", "default": false,
        "description": "whether to enter directories"},
      "dryRun": {"type": "boolean", "default": false,
        "description": "only tell what would be removed"}}})",
    .example = R"({"name": "old logs", "cronExpression": "0 0 3 * * *",
      "parameters": {"type": "cleanup", "path": "logs", "pattern": "*.log", "olderThan": "P7D"}})",
};

Result<void> check(const json::object& parameters) {
  const bool selects = parameters.contains("olderThan") || parameters.contains("pattern") ||
                       parameters.contains("minBytes");
  if (parameters.contains("path") && !selects) {
    return missing_parameter("olderThan", "Which files to remove is not said.",
                             "Add olderThan, pattern or minBytes.");
  }
  if (!parameters.contains("path") && (selects || is_set(parameters, "recursive"))) {
    return missing_parameter("path", "Where to remove files is not said.",
                             "Add path, or leave the other parameters out to prune run history.");
  }
  if (auto age = duration_at(parameters, "olderThan"); !age) return std::unexpected(age.error());
  if (const auto pattern = text_at(parameters, "pattern")) {
    if (auto parsed = FilePattern::parse(*pattern); !parsed) {
      return bad_parameter("pattern", parsed.error().message, parsed.error().hint);
    }
  }
  return {};
}

AttemptEnding prune(AttemptContext& context, HistoryPruner& pruner) {
  const bool dry_run = is_set(context.parameters(), "dryRun");
  const auto pruned =
      pruner.prune(context.now(), dry_run ? PruneMode::count_only : PruneMode::remove);
  if (!pruned) return failure_of(pruned.error());
  return Completed{json::object{{"runs", pruned->runs},
                                {"logs", pruned->logs},
                                {"before", to_rfc3339(pruned->before)},
                                {"dryRun", dry_run}}};
}

SweepRules rules_of(const AttemptContext& context) {
  const json::object& parameters = context.parameters();
  SweepRules rules;
  if (const auto age = duration_at(parameters, "olderThan"); age && *age) {
    rules.changed_before = context.now() - **age;
  }
  if (const auto pattern = text_at(parameters, "pattern")) {
    rules.pattern = FilePattern::parse(*pattern).value();
  }
  rules.bytes_min = static_cast<std::uint64_t>(number_at(parameters, "minBytes").value_or(0));
  if (is_set(parameters, "recursive")) rules.depth = SweepDepth::whole_tree;
  if (is_set(parameters, "dryRun")) rules.mode = SweepMode::count_only;
  return rules;
}

AttemptEnding sweep_files(AttemptContext& context, const SandboxedFiles& files) {
  const auto directory = files.directory(*text_at(context.parameters(), "path"));
  if (!directory) return failure_of(directory.error());
  const auto swept =
      sweep(directory->get(), rules_of(context), [&] { return context.stop().asked(); });
  if (!swept) {
    if (context.stop().asked()) return Cancelled{"Stopped while it removed files."};
    return failure_of(swept.error());
  }
  context.log(LogStream::note, fmt::format("{} of {} files, {} bytes", swept->removed,
                                           swept->looked_at, swept->bytes));
  return Completed{json::object{{"lookedAt", swept->looked_at},
                                {"removed", swept->removed},
                                {"bytes", swept->bytes},
                                {"failed", swept->failed},
                                {"dryRun", is_set(context.parameters(), "dryRun")},
                                {"names", json::array(swept->names.begin(), swept->names.end())}}};
}

}  // namespace

TaskType cleanup_type(const TypeServices& services) {
  const SandboxedFiles& files = services.files;
  HistoryPruner& pruner = services.pruner;
  return {.info = kInfo,
          .handler = [&files, &pruner](AttemptContext& context) -> AttemptEnding {
            return context.parameters().contains("path") ? sweep_files(context, files)
                                                         : prune(context, pruner);
          },
          .check = &check};
}

}  // namespace carillon
