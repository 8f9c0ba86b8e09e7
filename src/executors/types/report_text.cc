#include "executors/types/report_text.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "domain/words.h"
#include "executors/data/row_writer.h"
#include "executors/json_text_of.h"

namespace carillon {
namespace json = boost::json;
namespace {

// Percent with one decimal, by integers: 2 of 3 is 66.6, and only all of all is 100.
std::string percent_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const std::uint64_t tenths = part * 1000 / whole;
  return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

std::uint64_t total(const TaskFigures& task) {
  return task.completed + task.failed + task.cancelled;
}

json::object lateness_json(const Lateness& lateness) {
  return {{"samples", lateness.samples},
          {"p50Ms", lateness.p50.ms()},
          {"p90Ms", lateness.p90.ms()},
          {"p99Ms", lateness.p99.ms()},
          {"maxMs", lateness.max.ms()}};
}

json::value success_json(std::uint64_t completed, std::uint64_t failed) {
  const std::uint64_t judged = completed + failed;
  if (judged == 0) return nullptr;
  return static_cast<double>(completed * 1000 / judged) / 10.0;
}

json::object task_json(const TaskFigures& task) {
  return {{"taskId", task.id},
          {"name", task.name},
          {"type", task.type},
          {"completed", task.completed},
          {"failed", task.failed},
          {"cancelled", task.cancelled},
          {"retries", task.retries},
          {"successPercent", success_json(task.completed, task.failed)},
          {"lateness", lateness_json(task.lateness)}};
}

std::string csv_text(const RunFigures& figures) {
  RowWriter writer(RowFormat::csv, {"taskId", "name", "type", "completed", "failed", "cancelled",
                                    "retries", "latenessP50Ms", "latenessP99Ms"});
  std::string text = writer.head();
  const auto number = [](std::uint64_t value) { return Cell(static_cast<std::int64_t>(value)); };
  for (const TaskFigures& task : figures.busiest) {
    text += writer.row({task.id, task.name, task.type, number(task.completed), number(task.failed),
                        number(task.cancelled), number(task.retries), task.lateness.p50.ms(),
                        task.lateness.p99.ms()});
  }
  return text + writer.tail();
}

// Headline figures as label and value, for the two formats that people read.
std::vector<std::pair<std::string, std::string>> headlines(const RunFigures& figures) {
  std::vector<std::pair<std::string, std::string>> lines{
      {"Runs completed", fmt::format("{}", figures.completed)},
      {"Runs failed", fmt::format("{}", figures.failed)},
      {"Runs cancelled", fmt::format("{}", figures.cancelled)},
      {"Retries", fmt::format("{}", figures.retries)},
      {"Success", percent_text(figures.completed, figures.completed + figures.failed) + " %"},
      {"Lateness p50 / p90 / p99 / max",
       fmt::format("{} / {} / {} / {} ms", figures.lateness.p50.ms(), figures.lateness.p90.ms(),
                   figures.lateness.p99.ms(), figures.lateness.max.ms())}};
  for (const auto& [status, count] : figures.tasks) {
    lines.emplace_back(fmt::format("Tasks {}", word_of(status)), fmt::format("{}", count));
  }
  return lines;
}

std::string title_of(const ReportPeriod& period) {
  return fmt::format("carillon, {} to {}", to_rfc3339(period.from), to_rfc3339(period.to));
}

std::string html_text(const RunFigures& figures, const ReportPeriod& period) {
  const std::string title = title_of(period);
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title></head>\n"
      "<body>\n<h1>{0}</h1>\n<table>\n",
      html_escaped(title));
  for (const auto& [label, value] : headlines(figures)) {
    text +=
        fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", html_escaped(label), html_escaped(value));
  }
  text +=
      "</table>\n<h2>Busiest tasks</h2>\n<table>\n<tr><th>Task</th><th>Type</th><th>Runs</th>"
      "<th>Failed</th><th>Lateness p99</th></tr>\n";
  for (const TaskFigures& task : figures.busiest) {
    text += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{} ms</td></tr>\n",
                        html_escaped(task.name), html_escaped(task.type), total(task), task.failed,
                        task.lateness.p99.ms());
  }
  return text + "</table>\n</body></html>\n";
}

// Text that Markdown could read as a table, a link or HTML.
std::string markdown_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]()<>#+!|").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c == '\n' || c == '\r' ? ' ' : c;
  }
  return escaped;
}

std::string markdown_text(const RunFigures& figures, const ReportPeriod& period) {
  std::string text = fmt::format("# {}\n\n| figure | value |\n|---|---|\n", title_of(period));
  for (const auto& [label, value] : headlines(figures)) {
    text += fmt::format("| {} | {} |\n", label, value);
  }
  text +=
      "\n## Busiest tasks\n\n| task | type | runs | failed | lateness p99 "
      "|\n|---|---|---|---|---|\n";
  for (const TaskFigures& task : figures.busiest) {
    text +=
        fmt::format("| {} | {} | {} | {} | {} ms |\n", markdown_escaped(task.name),
                    markdown_escaped(task.type), total(task), task.failed, task.lateness.p99.ms());
  }
  return text;
}

}  // namespace

json::object report_json(const RunFigures& figures, const ReportPeriod& period) {
  json::object tasks;
  for (const auto& [status, count] : figures.tasks) tasks[std::string(word_of(status))] = count;
  json::array busiest;
  for (const TaskFigures& task : figures.busiest) busiest.push_back(task_json(task));
  return {{"from", to_rfc3339(period.from)},
          {"to", to_rfc3339(period.to)},
          {"tasks", std::move(tasks)},
          {"runs",
           {{"completed", figures.completed},
            {"failed", figures.failed},
            {"cancelled", figures.cancelled},
            {"retries", figures.retries},
            {"successPercent", success_json(figures.completed, figures.failed)}}},
          {"lateness", lateness_json(figures.lateness)},
          {"busiest", std::move(busiest)}};
}

std::string report_text(const RunFigures& figures, const ReportPeriod& period,
                        ReportFormat format) {
  switch (format) {
    case ReportFormat::json:
      return json_text_of(report_json(figures, period)) + "\n";
    case ReportFormat::csv:
      return csv_text(figures);
    case ReportFormat::html:
      return html_text(figures, period);
    case ReportFormat::markdown:
      return markdown_text(figures, period);
  }
  std::unreachable();
}

std::string_view content_type(ReportFormat format) {
  switch (format) {
    case ReportFormat::json:
      return "application/json";
    case ReportFormat::csv:
      return "text/csv";
    case ReportFormat::html:
      return "text/html";
    case ReportFormat::markdown:
      return "text/markdown";
  }
  std::unreachable();
}

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace carillon
