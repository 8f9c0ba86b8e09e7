#include "executors/data/row_writer.h"

#include <utility>

#include <fmt/format.h>

#include "executors/json_text_of.h"

namespace carillon {
namespace json = boost::json;
namespace {

void append_csv_field(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_csv_cell(std::string& out, const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    out += fmt::format("{}", *integer);
  } else if (const auto* real = std::get_if<double>(&cell)) {
    out += fmt::format("{}", *real);
  } else if (const auto* text = std::get_if<std::string>(&cell)) {
    append_csv_field(out, *text);
  }
}

}  // namespace

RowWriter::RowWriter(RowFormat format, std::vector<std::string> columns)
    : format_(format), columns_(std::move(columns)) {}

std::string RowWriter::head() const {
  if (format_ == RowFormat::json) return "[";
  if (format_ == RowFormat::jsonl) return {};
  std::string line;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) line += ',';
    append_csv_field(line, columns_[i]);
  }
  return line + "\n";
}

std::string RowWriter::row(const Row& row) {
  ++rows_;
  if (format_ == RowFormat::csv) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += ',';
      append_csv_cell(line, row[i]);
    }
    return line + "\n";
  }
  std::string text = json_text_of(row_object(columns_, row));
  if (format_ == RowFormat::jsonl) return text + "\n";
  return (rows_ > 1 ? ",\n" : "\n") + text;
}

std::string RowWriter::tail() const { return format_ == RowFormat::json ? "\n]\n" : ""; }

json::object row_object(const std::vector<std::string>& columns, const Row& row) {
  json::object object;
  for (std::size_t i = 0; i < row.size(); ++i) {
    std::visit(
        [&](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
            object[columns[i]] = nullptr;
          } else {
            object[columns[i]] = value;
          }
        },
        row[i]);
  }
  return object;
}

}  // namespace carillon
