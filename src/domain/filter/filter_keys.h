// The keys of the filter language and what each takes. Values, shared by reader and printer.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "domain/filter/filter.h"

namespace carillon {

enum class FilterValueKind : std::uint8_t {
  text,     // Exact with `:`, substring with `~`.
  status,   // A status word, only `:`.
  number,   // A priority, `:` and comparisons.
  instant,  // Only comparisons.
  parent,   // A run id or `any`, only `:`.
};

struct FilterKeyRow {
  std::string_view key;
  FilterField field;
  FilterValueKind kind;
};

// `param.<path>` is the one key with a tail.
inline constexpr std::string_view kParameterKey = "param.";

inline constexpr std::array<FilterKeyRow, 15> kFilterKeys{{
    {"id", FilterField::id, FilterValueKind::text},
    {"name", FilterField::name, FilterValueKind::text},
    {"description", FilterField::description, FilterValueKind::text},
    {"status", FilterField::status, FilterValueKind::status},
    {"type", FilterField::type, FilterValueKind::text},
    {"queue", FilterField::queue, FilterValueKind::text},
    {"tag", FilterField::tag, FilterValueKind::text},
    {"createdBy", FilterField::created_by, FilterValueKind::text},
    {"assignedTo", FilterField::assigned_to, FilterValueKind::text},
    {"priority", FilterField::priority, FilterValueKind::number},
    {"created", FilterField::created, FilterValueKind::instant},
    {"updated", FilterField::updated, FilterValueKind::instant},
    {"next", FilterField::next_execution, FilterValueKind::instant},
    {kParameterKey, FilterField::parameter, FilterValueKind::text},
    {"parent", FilterField::parent, FilterValueKind::parent},
}};

// Names of a task's JSON fields that people type where a key is meant, for hints.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kFieldNames{{
    {"createdAt", "created"},
    {"updatedAt", "updated"},
    {"nextExecutionTime", "next"},
    {"tags", "tag"},
    {"parameters", "param.<name>"},
    {"param", "param.<name>"},
}};

}  // namespace carillon
