// A report's figures as JSON, CSV, HTML or Markdown. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/instant.h"
#include "executors/services.h"

namespace carillon {

enum class ReportFormat : std::uint8_t { json, csv, html, markdown };

struct ReportPeriod {
  Instant from;
  Instant to;
};

boost::json::object report_json(const RunFigures& figures, const ReportPeriod& period);

// The whole report; CSV has only the rows of the busiest tasks.
std::string report_text(const RunFigures& figures, const ReportPeriod& period, ReportFormat format);

std::string_view content_type(ReportFormat format);

// `<`, `>`, `&` and quotes as entities.
std::string html_escaped(std::string_view text);

}  // namespace carillon
