// The macros of cron: `@daily` and its kin, as the expression they stand for. Pure.
#pragma once

#include <string>
#include <string_view>

#include "domain/cron/field_scope.h"

namespace carillon {

// True when the trimmed text is a macro, known or not.
bool is_macro(std::string_view text);

// The expression that the macro stands for in spring or unix; empty after noting a fault.
std::string expand_macro(const FieldScope& scope, std::string_view text);

}  // namespace carillon
