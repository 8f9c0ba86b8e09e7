#include "cli/output/table.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/rfc3339.h"
#include "base/text.h"
#include "cli/output/json_print.h"
#include "cli/output/json_read.h"
#include "cli/time_text.h"

namespace carillon::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;

std::string joined_list(const boost::json::value& value) {
  const boost::json::array* array = value.if_array();
  if (array == nullptr) return compact_json(value);
  std::string out;
  for (const boost::json::value& item : *array) {
    if (!out.empty()) out += ",";
    out += text_at(item, "");
  }
  return out;
}

// The raw text of a cell, as TSV shows it before escaping.
std::string raw_cell(const Column& column, const boost::json::value& row) {
  const boost::json::value* found = member_at(row, column.pointer);
  if (found == nullptr && !column.fallback.empty()) found = member_at(row, column.fallback);
  if (found == nullptr) return std::string(column.otherwise);
  if (column.kind == CellKind::list) return joined_list(*found);
  return text_at(*found, "");
}

enum class TimeForm : std::uint8_t { absolute_and_relative, relative };

std::string time_cell(std::string_view raw, TimeForm form, Instant now) {
  const auto instant = parse_rfc3339(raw);
  if (instant && form == TimeForm::relative) return relative_text(*instant, now);
  return readable_time(raw, now);
}

std::string screen_cell(const Column& column, const boost::json::value& row, TimeForm form,
                        Instant now) {
  const std::string raw = raw_cell(column, row);
  if (raw.empty()) return "-";
  return escape_control(column.kind == CellKind::time ? time_cell(raw, form, now) : raw);
}

using Cells = std::vector<std::vector<std::string>>;

std::vector<std::size_t> natural_widths(std::span<const Column> columns, const Cells& cells) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t width = columns[i].title.size();
    for (const auto& row : cells) width = std::max(width, display_width(row[i]));
    widths.push_back(width);
  }
  return widths;
}

std::size_t line_width(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
}

Cells cells_of(std::span<const Column> columns, const boost::json::array& rows, TimeForm form,
               Instant now) {
  Cells cells;
  for (const boost::json::value& row : rows) {
    std::vector<std::string>& line = cells.emplace_back();
    for (const Column& column : columns) line.push_back(screen_cell(column, row, form, now));
  }
  return cells;
}

// Takes the excess from the widest text column, one terminal column at a time.
void shrink(std::vector<std::size_t>& widths, std::span<const Column> columns,
            std::size_t screen_columns) {
  if (screen_columns == 0) return;
  std::size_t total = line_width(widths);
  while (total > screen_columns) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const bool flexible = columns[i].kind == CellKind::text ||
                            columns[i].kind == CellKind::list || columns[i].kind == CellKind::time;
      if (!flexible || widths[i] <= kNarrowest) continue;
      if (widest == widths.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == widths.size()) return;
    --widths[widest];
    --total;
  }
}

// One cell, padded to its width unless it is the last one of the line.
std::string padded(std::string_view text, std::size_t width, Tone tone, Colour colour) {
  const std::string shown = fitted(text, width);
  const std::size_t used = display_width(shown);
  return toned(shown, tone, colour) + std::string(width > used ? width - used : 0, ' ');
}

void end_line(std::string& out) {
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out.push_back('\n');
}

Tone tone_of(const Column& column, std::string_view cell) {
  if (cell == "-") return Tone::faint;
  return column.kind == CellKind::status ? tone_of_status(cell) : Tone::plain;
}

// Members that hold an instant by the naming of the API: createdAt, nextExecutionTime.
bool is_instant(std::string_view text) {
  return text.size() >= 20 && text.size() <= 35 && parse_rfc3339(text).has_value();
}

std::string detail_value(const boost::json::value& value, const Screen& screen) {
  const std::string raw = text_at(value, "");
  return escape_control(value.is_string() && is_instant(raw) ? readable_time(raw, screen.now)
                                                             : raw);
}

bool is_empty(const boost::json::value& value) {
  if (const auto* array = value.if_array()) return array->empty();
  if (const auto* object = value.if_object()) return object->empty();
  if (const auto* text = value.if_string()) return text->empty();
  return value.is_null();
}

struct DetailLine {
  std::string title;
  std::string text;
};

std::vector<DetailLine> detail_lines(const boost::json::object& members, const Screen& screen) {
  std::vector<DetailLine> lines;
  const auto add = [&](std::string title, const boost::json::value& value) {
    if (!is_empty(value)) lines.push_back({std::move(title), detail_value(value, screen)});
  };
  for (const auto& member : members) {
    const std::string title = escape_control(member.key());
    const boost::json::object* inner = member.value().if_object();
    if (inner == nullptr) {
      add(title, member.value());
      continue;
    }
    for (const auto& part : *inner) {
      add(fmt::format("{}.{}", title, escape_control(part.key())), part.value());
    }
  }
  return lines;
}

}  // namespace

std::string table_text(std::span<const Column> columns, const boost::json::array& rows,
                       const Screen& screen) {
  Cells cells = cells_of(columns, rows, TimeForm::absolute_and_relative, screen.now);
  std::vector<std::size_t> widths = natural_widths(columns, cells);
  if (screen.columns != 0 && line_width(widths) > screen.columns) {
    cells = cells_of(columns, rows, TimeForm::relative, screen.now);
    widths = natural_widths(columns, cells);
  }
  shrink(widths, columns, screen.columns);
  std::string out;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    out += padded(columns[i].title, widths[i], Tone::strong, screen.colour);
    out.append(kGap, ' ');
  }
  end_line(out);
  for (const auto& line : cells) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      out += padded(line[i], widths[i], tone_of(columns[i], line[i]), screen.colour);
      out.append(kGap, ' ');
    }
    end_line(out);
  }
  return out;
}

std::string tsv_text(std::span<const Column> columns, const boost::json::array& rows) {
  std::string out;
  for (const boost::json::value& row : rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) out.push_back('\t');
      out += escape_control(raw_cell(columns[i], row));
    }
    out.push_back('\n');
  }
  return out;
}

std::string detail_text(const boost::json::value& object, const Screen& screen) {
  const boost::json::object* members = object.if_object();
  if (members == nullptr) return escape_control(compact_json(object)) + "\n";
  const std::vector<DetailLine> lines = detail_lines(*members, screen);
  std::size_t width = 0;
  for (const DetailLine& line : lines) width = std::max(width, display_width(line.title));
  std::string out;
  for (const DetailLine& line : lines) {
    const bool is_status = line.title == "status" || line.title.ends_with(".status");
    const Tone tone = is_status ? tone_of_status(line.text) : Tone::plain;
    out += padded(line.title, width, Tone::strong, screen.colour);
    out += fmt::format("  {}\n", toned(line.text, tone, screen.colour));
  }
  return out;
}

std::string detail_tsv(const boost::json::value& object) {
  const boost::json::object* members = object.if_object();
  if (members == nullptr) return escape_control(compact_json(object)) + "\n";
  std::string out;
  for (const auto& member : *members) {
    out += fmt::format("{}\t{}\n", escape_control(member.key()),
                       escape_control(text_at(member.value(), "")));
  }
  return out;
}

}  // namespace carillon::cli
