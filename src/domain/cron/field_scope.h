// FieldScope: which field of which dialect is being read, and where findings about it go.
//
// Used by the parser's parts only; lives for one call of parse_cron.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/cron/cron_dialect.h"
#include "domain/cron/cron_fault.h"
#include "domain/cron/cron_token.h"

namespace carillon {

struct CronFindings {
  std::vector<CronFault> faults;
  std::vector<CronWarning> warnings;
};

struct FieldScope {
  CronField field = CronField::whole;
  CronDialect dialect = CronDialect::spring;
  std::string_view whole;  // The expression, trimmed, for hints.
  CronFindings* findings = nullptr;

  // Notes a fault of the token.
  void refuse(ErrorCode code, CronToken token, std::string message, std::string hint = {}) const {
    findings->faults.push_back({.code = code,
                                .field = field,
                                .position = token.column,
                                .token = std::string(token.text),
                                .message = std::move(message),
                                .hint = std::move(hint)});
  }

  [[nodiscard]] std::string_view field_name() const { return word_of(field); }
  [[nodiscard]] std::string_view dialect_name() const { return word_of(dialect); }
};

}  // namespace carillon
