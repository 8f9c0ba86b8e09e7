#include "executors/types/data_processing.h"

#include <optional>
#include <utility>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "executors/cut_text.h"
#include "executors/data/private_database.h"
#include "executors/data/row_writer.h"
#include "executors/data/table_loader.h"
#include "executors/ending_report.h"
#include "executors/executor_options.h"
#include "executors/files/sandboxed_files.h"
#include "executors/parameters.h"

namespace carillon {
namespace json = boost::json;
namespace {

constexpr TypeInfo kInfo{
    .name = "data_processing",
    .lane = Lane::cpu,
    .summary = "Runs SQL over CSV files, JSON lines or inline rows.",
    .parameter_schema = R"({"type": "object", "properties": {
      "input": {"type": "string", "minLength": 1,
        "description": "a CSV or JSON lines file below executors.data-root; its table is `input`"},
      "rows": {"type": "array", "items": {"type": "object"}, "maxItems": 100000,
        "description": "rows as objects instead of a file; their table is `input`"},
      "inputFormat": {"enum": ["csv", "jsonl"],
        "description": "csv or jsonl, when the file's ending does not tell"},
      "inputs": {"type": "object", "minProperties": 1, "maxProperties": 20,
        "description": "several tables by name, each {path or rows, format}",
        "additionalProperties": {"type": "object", "additionalProperties": false, "properties": {
          "path": {"type": "string", "minLength": 1},
          "rows": {"type": "array", "items": {"type": "object"}, "maxItems": 100000},
          "format": {"enum": ["csv", "jsonl"]}}}},
      "sql": {"type": "string", "minLength": 1, "maxLength": 100000,
        "description": "SQLite statements; the last one that gives rows is the result"},
      "output": {"type": "string", "minLength": 1,
        "description": "a file below executors.data-root for the whole result"},
      "format": {"enum": ["csv", "jsonl", "json"],
        "description": "csv, jsonl or json, when the output's ending does not tell"}}})",
    .example = R"({"name": "totals", "parameters": {"type": "data_processing",
      "rows": [{"city": "Oslo", "n": 3}, {"city": "Bergen", "n": 4}, {"city": "Oslo", "n": 5}],
      "sql": "SELECT city, sum(n) AS total FROM input GROUP BY city ORDER BY total DESC"}})",
};

// What `{"type": "data_processing"}` alone works on: daily mean temperatures, a made-up week.
constexpr std::string_view kSample = R"([
  {"day": "Mon", "celsius": 11.5, "rainMm": 0}, {"day": "Tue", "celsius": 12.0, "rainMm": 3},
  {"day": "Wed", "celsius": 9.5, "rainMm": 12}, {"day": "Thu", "celsius": 10.0, "rainMm": 7},
  {"day": "Fri", "celsius": 13.5, "rainMm": 0}, {"day": "Sat", "celsius": 15.0, "rainMm": 0},
  {"day": "Sun", "celsius": 14.0, "rainMm": 1}])";

constexpr std::size_t kPreviewRows = 20;
constexpr std::size_t kPreviewCellBytes = 200;

struct Source {
  std::string table;
  std::string path;  // Empty: rows.
  const json::array* rows = nullptr;
  std::optional<TableFormat> format;
};

std::optional<TableFormat> format_named(const std::optional<std::string>& name) {
  if (name == "csv") return TableFormat::csv;
  if (name == "jsonl") return TableFormat::jsonl;
  return std::nullopt;
}

Source source_of(std::string table, const json::object& from, std::string_view path_name,
                 std::string_view format_name) {
  Source source{.table = std::move(table), .path = text_at(from, path_name).value_or("")};
  if (const auto* rows = from.if_contains("rows")) source.rows = &rows->get_array();
  source.format = format_named(text_at(from, format_name));
  if (!source.format) source.format = format_of_path(source.path);
  return source;
}

std::vector<Source> sources_of(const json::object& parameters) {
  std::vector<Source> sources;
  if (parameters.contains("input") || parameters.contains("rows")) {
    sources.push_back(source_of("input", parameters, "input", "inputFormat"));
  }
  if (const auto* inputs = parameters.if_contains("inputs")) {
    for (const auto& input : inputs->get_object()) {
      sources.push_back(source_of(input.key(), input.value().get_object(), "path", "format"));
    }
  }
  return sources;
}

std::optional<RowFormat> output_format(const json::object& parameters) {
  const auto named = text_at(parameters, "format");
  const std::string output = text_at(parameters, "output").value_or("");
  const auto is = [&](std::string_view word) {
    return named ? *named == word : output.ends_with("." + std::string(word));
  };
  if (is("csv")) return RowFormat::csv;
  if (is("jsonl")) return RowFormat::jsonl;
  if (is("json")) return RowFormat::json;
  return std::nullopt;
}

Result<void> check(const json::object& parameters) {
  const std::vector<Source> sources = sources_of(parameters);
  for (const Source& source : sources) {
    const bool has_path = !source.path.empty();
    if (has_path == (source.rows != nullptr)) {
      return bad_parameter("inputs",
                           fmt::format("{} needs a file or rows, and not both.", source.table),
                           "Give either a path or rows.");
    }
    if (has_path && !source.format) {
      return bad_parameter("input", fmt::format("The format of {} is not clear.", source.path),
                           "Name the file *.csv or *.jsonl, or add inputFormat.");
    }
    if (source.table.empty() || source.table.starts_with("sqlite_")) {
      return bad_parameter("inputs", fmt::format("{} cannot be a table's name.", source.table),
                           "Choose another name.");
    }
  }
  if (sources.size() > 1 && !parameters.contains("sql")) {
    return missing_parameter("sql", "Several inputs need sql to say what to do with them.",
                             "Add for example SELECT * FROM a JOIN b USING (id).");
  }
  if (parameters.contains("output") && !output_format(parameters)) {
    return bad_parameter("output", "The format of the output is not clear.",
                         "Name the file *.csv, *.jsonl or *.json, or add format.");
  }
  return {};
}

// One attempt's work.
class Processing {
 public:
  Processing(AttemptContext& context, const SandboxedFiles& files, std::uint64_t size_bytes)
      : context_(context), files_(files), size_bytes_(size_bytes) {}

  Result<json::object> run() {
    auto opened = PrivateDatabase::open(size_bytes_, [this] { return is_stopped(); });
    if (!opened) return std::unexpected(std::move(opened.error()));
    database_ = std::move(*opened);
    if (auto loaded = load_all(); !loaded) return std::unexpected(std::move(loaded.error()));
    database_->lock_down();
    const auto sql = text_at(context_.parameters(), "sql");
    if (!sql && !context_.parameters().contains("output")) return summarise();
    return query(sql.value_or("SELECT * FROM " + quoted_name(table_)));
  }

 private:
  [[nodiscard]] bool is_stopped() const {
    return context_.stop().asked() || context_.time_left() == Duration{};
  }

  Result<void> load_all() {
    std::vector<Source> sources = sources_of(context_.parameters());
    const json::value sample = json::parse({kSample.data(), kSample.size()});
    if (sources.empty()) sources.push_back({.table = "input", .rows = &sample.get_array()});
    for (const Source& source : sources) {
      if (auto loaded = load(source); !loaded) return loaded;
    }
    return {};
  }

  Result<void> load(const Source& source) {
    TableLoader loader(*database_, source.table);
    if (source.rows != nullptr) {
      for (const json::value& row : *source.rows) {
        if (auto added = loader.add(row.get_object()); !added) return added;
      }
    } else {
      const auto file = files_.read(source.path);
      if (!file) return std::unexpected(file.error());
      auto loaded = loader.load(file->get(), *source.format, [this] { return is_stopped(); });
      if (!loaded) return loaded;
    }
    table_ = source.table;
    context_.progress(fmt::format("{}: {} rows read", source.table, loader.rows()));
    return loader.finish();
  }

  // Runs all statements; rows of the last one that has columns are the result.
  Result<json::object> query(std::string_view sql) {
    std::string_view rest = sql;
    json::object result{{"rows", 0}, {"columns", json::array{}}, {"preview", json::array{}}};
    while (true) {
      auto statement = database_->prepare(rest, rest);
      if (!statement) return std::unexpected(std::move(statement.error()));
      const bool is_last = is_blank(rest);
      if (!statement->is_empty()) {
        auto ran = is_last ? give_out(*statement) : read_through(*statement);
        if (!ran) return ran;
        if (!ran->empty()) result = std::move(*ran);
      }
      if (is_last) return result;
    }
  }

  // Whether only comments, blanks and semicolons are left. What cannot be prepared yet is a
  // statement.
  [[nodiscard]] bool is_blank(std::string_view sql) const {
    while (!sql.empty()) {
      const auto statement = database_->prepare(sql, sql);
      if (!statement || !statement->is_empty()) return false;
    }
    return true;
  }

  // A statement before the last: nobody sees its rows.
  static Result<json::object> read_through(Statement& statement) {
    while (true) {
      const auto step = statement.step();
      if (!step) return std::unexpected(step.error());
      if (*step == Statement::Step::done) return json::object{};
    }
  }

  Result<json::object> give_out(Statement& statement) {
    std::vector<std::string> columns;
    for (int i = 0; i < statement.columns(); ++i) columns.push_back(statement.column_name(i));
    const auto output = text_at(context_.parameters(), "output");
    std::optional<PendingFile> file;
    if (output) {
      auto opened = files_.write(*output);
      if (!opened) return std::unexpected(std::move(opened.error()));
      file.emplace(std::move(*opened));
    }
    RowWriter writer(output_format(context_.parameters()).value_or(RowFormat::json), columns);
    auto counted = write_rows(statement, columns, writer, file);
    if (!counted) return counted;
    if (file) {
      if (auto kept = file->commit(); !kept) return std::unexpected(std::move(kept.error()));
      (*counted)["output"] = *output;
    }
    return counted;
  }

  static Result<json::object> write_rows(Statement& statement,
                                         const std::vector<std::string>& columns, RowWriter& writer,
                                         std::optional<PendingFile>& file) {
    std::int64_t rows = 0;
    json::array preview;
    const auto put = [&](const std::string& text) {
      return file ? file->write(text) : Result<void>{};
    };
    if (auto written = put(writer.head()); !written) return std::unexpected(written.error());
    while (true) {
      const auto step = statement.step();
      if (!step) return std::unexpected(step.error());
      if (*step == Statement::Step::done) break;
      Row row;
      for (std::size_t i = 0; i < columns.size(); ++i)
        row.push_back(statement.cell(static_cast<int>(i)));
      if (file) {
        if (auto written = put(writer.row(row)); !written) return std::unexpected(written.error());
      }
      if (static_cast<std::size_t>(++rows) <= kPreviewRows)
        preview.push_back(preview_of(columns, std::move(row)));
    }
    if (auto written = put(writer.tail()); !written) return std::unexpected(written.error());
    return json::object{{"rows", rows},
                        {"columns", json::array(columns.begin(), columns.end())},
                        {"preview", preview}};
  }

  static json::object preview_of(const std::vector<std::string>& columns, Row row) {
    for (Cell& cell : row) {
      if (auto* text = std::get_if<std::string>(&cell)) *text = cut_text(*text, kPreviewCellBytes);
    }
    return row_object(columns, row);
  }

  Result<json::object> summarise() {
    auto all = database_->prepare("SELECT * FROM " + quoted_name(table_));
    if (!all) return std::unexpected(std::move(all.error()));
    json::array summary;
    json::object result = {{"rows", 0}, {"columns", json::array{}}};
    for (int i = 0; i < all->columns(); ++i) {
      const std::string name = all->column_name(i);
      auto column = summarise_column(name);
      if (!column) return column;
      result["rows"] = column->at("all");
      column->erase("all");
      result["columns"].get_array().emplace_back(name);
      summary.push_back(std::move(*column));
    }
    result["summary"] = std::move(summary);
    return result;
  }

  Result<json::object> summarise_column(const std::string& name) {
    const std::string c = quoted_name(name);
    auto statement = database_->prepare(fmt::format(
        "SELECT count(*) AS \"all\", count({0}) AS \"values\", min({0}) AS \"min\", "
        "max({0}) AS \"max\", "
        "avg({0}) FILTER (WHERE typeof({0}) IN ('integer', 'real')) AS \"mean\" FROM {1}",
        c, quoted_name(table_)));
    if (!statement) return std::unexpected(std::move(statement.error()));
    const auto step = statement->step();
    if (!step) return std::unexpected(step.error());
    json::object summary{{"column", name}};
    Row row;
    std::vector<std::string> names;
    for (int i = 0; i < statement->columns(); ++i) {
      names.push_back(statement->column_name(i));
      row.push_back(statement->cell(i));
    }
    for (auto& member : preview_of(names, std::move(row))) summary[member.key()] = member.value();
    return summary;
  }

  AttemptContext& context_;
  const SandboxedFiles& files_;
  const std::uint64_t size_bytes_;
  std::optional<PrivateDatabase> database_;
  std::string table_;
};

}  // namespace

TaskType data_processing_type(const TypeServices& services) {
  const SandboxedFiles& files = services.files;
  const std::uint64_t size_bytes = services.options.database.size_bytes;
  return {.info = kInfo,
          .handler = [&files, size_bytes](AttemptContext& context) -> AttemptEnding {
            auto result = Processing(context, files, size_bytes).run();
            if (result) return Completed{std::move(*result)};
            if (context.stop().asked()) return Cancelled{"Stopped while it worked."};
            return failure_of(result.error());
          },
          .check = &check};
}

}  // namespace carillon
