#include "executors/data/table_loader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "base/text.h"
#include "executors/data/csv_reader.h"
#include "executors/json_text_of.h"

namespace carillon {
namespace json = boost::json;
namespace {

constexpr std::size_t kSampleRows = 1000;
constexpr std::size_t kColumns = 1000;
constexpr std::size_t kChunkBytes = 64 * 1024;
constexpr std::size_t kLineBytes = 1 << 20;

std::optional<std::int64_t> as_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  // A leading zero means an identifier, a post code, a phone number; not a quantity.
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> as_real(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || digits.front() < '0' || digits.front() > '9') return std::nullopt;
  if (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') {
    return std::nullopt;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Cell cell_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return std::monostate{};
    case json::kind::bool_:
      return std::int64_t{value.get_bool() ? 1 : 0};
    case json::kind::int64:
      return value.get_int64();
    case json::kind::uint64:
      return static_cast<double>(value.get_uint64());
    case json::kind::double_:
      return value.get_double();
    case json::kind::string:
      return std::string(value.get_string());
    case json::kind::array:
    case json::kind::object:
      return json_text_of(value);
  }
  std::unreachable();
}

// Calls `take` with each piece of the file.
Result<void> read_pieces(int fd, const std::function<bool()>& is_stopped,
                         const std::function<Result<void>(std::string_view)>& take) {
  std::array<char, kChunkBytes> chunk{};
  while (true) {
    if (is_stopped()) return fail(ErrorCode::timed_out, "Reading was stopped.");
    const ssize_t count = read(fd, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return fail(ErrorCode::io_failed, fmt::format("Reading failed: {}.", std::strerror(errno)));
    }
    if (count == 0) return {};
    if (auto taken = take({chunk.data(), static_cast<std::size_t>(count)}); !taken) return taken;
  }
}

}  // namespace

std::optional<TableFormat> format_of_path(std::string_view path) {
  const std::string lower = lower_ascii(path);
  if (lower.ends_with(".csv")) return TableFormat::csv;
  if (lower.ends_with(".jsonl") || lower.ends_with(".ndjson")) return TableFormat::jsonl;
  return std::nullopt;
}

TableLoader::TableLoader(PrivateDatabase& database, std::string table)
    : database_(database), table_(std::move(table)) {}

Result<void> TableLoader::load(int fd, TableFormat format,
                               const std::function<bool()>& is_stopped) {
  switch (format) {
    case TableFormat::csv:
      return load_csv(fd, is_stopped);
    case TableFormat::jsonl:
      return load_jsonl(fd, is_stopped);
  }
  std::unreachable();
}

Result<void> TableLoader::load_csv(int fd, const std::function<bool()>& is_stopped) {
  CsvReader reader([this](CsvRecord& record) { return add_csv_record(record); });
  auto read =
      read_pieces(fd, is_stopped, [&](std::string_view piece) { return reader.feed(piece); });
  return read ? reader.end() : read;
}

Result<void> TableLoader::load_jsonl(int fd, const std::function<bool()>& is_stopped) {
  std::string line;
  const auto take = [&](std::string_view piece) -> Result<void> {
    while (true) {
      const std::size_t end = piece.find('\n');
      line += piece.substr(0, end);
      if (line.size() > kLineBytes) {
        return fail(ErrorCode::invalid_value,
                    fmt::format("JSON line {} is longer than 1 MiB.", rows_ + 1));
      }
      if (end == std::string_view::npos) return {};
      if (auto added = add_json_line(line); !added) return added;
      line.clear();
      piece.remove_prefix(end + 1);
    }
  };
  auto read = read_pieces(fd, is_stopped, take);
  return read ? add_json_line(line) : read;
}

Result<void> TableLoader::add_json_line(std::string_view line) {
  if (trimmed(line).empty()) return {};
  json::error_code error;
  const json::value value = json::parse({line.data(), line.size()}, error);
  if (!error && value.is_object()) return add(value.get_object());
  return fail(ErrorCode::invalid_value, fmt::format("JSON line {} is not an object.", rows_ + 1),
              R"(Write one object per line, for example {"city": "Oslo", "n": 3}.)");
}

Result<void> TableLoader::add_csv_record(std::vector<std::string>& record) {
  if (columns_.empty()) {  // The header.
    for (std::string& name : record) {
      if (auto added = add_column(std::string(trimmed(name))); !added) return added;
    }
    kinds_.assign(columns_.size(), Kind::text);
    return {};
  }
  if (record.size() > columns_.size()) {
    return fail(ErrorCode::invalid_value,
                fmt::format("CSV row {} has {} fields and the header only {}.", rows_ + 1,
                            record.size(), columns_.size()),
                "Give every column a name in the first line.");
  }
  Row row(columns_.size());
  for (std::size_t i = 0; i < record.size(); ++i) {
    if (!record[i].empty()) row[i] = std::move(record[i]);  // An empty field is NULL.
  }
  return keep(std::move(row));
}

Result<void> TableLoader::add(const json::object& object) {
  Row row(columns_.size());
  for (const auto& member : object) {
    const std::string name(member.key());
    auto found = column_at_.find(name);
    if (found == column_at_.end()) {
      if (auto added = add_column(name); !added) return added;
      found = column_at_.find(name);
      row.resize(columns_.size());
    }
    row[found->second] = cell_of(member.value());
  }
  return keep(std::move(row));
}

Result<void> TableLoader::add_column(std::string name) {
  if (columns_.size() == kColumns) {
    return fail(ErrorCode::invalid_value, fmt::format("{} has more than 1000 columns.", table_));
  }
  if (name.empty()) name = fmt::format("column_{}", columns_.size() + 1);
  // SQL compares names without case, so the second `id` or `ID` gets a number.
  const auto taken = [&](const std::string& candidate) {
    return std::ranges::any_of(
        columns_, [&](const std::string& other) { return equal_ignoring_case(other, candidate); });
  };
  std::string unique = name;
  for (int n = 2; taken(unique); ++n) unique = fmt::format("{}_{}", name, n);
  column_at_.emplace(name, columns_.size());
  columns_.push_back(unique);
  if (stage_ == Stage::sampling) return {};
  insert_.reset();
  auto altered = database_.execute(
      fmt::format("ALTER TABLE {} ADD COLUMN {}", quoted_name(table_), quoted_name(unique)));
  return altered ? prepare_insert() : altered;
}

Result<void> TableLoader::keep(Row row) {
  ++rows_;
  if (stage_ == Stage::writing) return write(row);
  sample_.push_back(std::move(row));
  return sample_.size() < kSampleRows ? Result<void>{} : write_sample();
}

Result<void> TableLoader::finish() {
  if (stage_ == Stage::sampling) {
    if (auto written = write_sample(); !written) return written;
  }
  insert_.reset();
  return database_.execute("COMMIT");
}

Result<void> TableLoader::write_sample() {
  learn_kinds();
  if (auto opened = open_table(); !opened) return opened;
  stage_ = Stage::writing;
  for (Row& row : sample_) {
    if (auto written = write(row); !written) return written;
  }
  sample_.clear();
  return {};
}

void TableLoader::learn_kinds() {
  for (std::size_t column = 0; column < kinds_.size(); ++column) {
    Kind kind = Kind::integer;
    bool seen = false;
    for (const Row& row : sample_) {
      const auto* text = std::get_if<std::string>(&row[column]);
      if (text == nullptr) continue;
      seen = true;
      if (kind == Kind::integer && !as_integer(*text)) kind = Kind::real;
      if (kind == Kind::real && !as_real(*text)) kind = Kind::text;
    }
    kinds_[column] = seen ? kind : Kind::text;
  }
}

Result<void> TableLoader::open_table() {
  if (columns_.empty()) columns_.emplace_back("column_1");
  std::string names;
  for (const std::string& column : columns_) {
    names += (names.empty() ? "" : ",") + quoted_name(column);
  }
  auto made =
      database_.execute(fmt::format("BEGIN; CREATE TABLE {} ({})", quoted_name(table_), names));
  return made ? prepare_insert() : made;
}

Result<void> TableLoader::prepare_insert() {
  std::string places;
  for (std::size_t i = 0; i < columns_.size(); ++i) places += i == 0 ? "?" : ",?";
  auto insert =
      database_.prepare(fmt::format("INSERT INTO {} VALUES ({})", quoted_name(table_), places));
  if (!insert) return std::unexpected(std::move(insert.error()));
  insert_ = std::move(*insert);
  return {};
}

Result<void> TableLoader::write(Row& row) {
  row.resize(columns_.size());
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    const auto* text = std::get_if<std::string>(&row[i]);
    if (text == nullptr || kinds_[i] == Kind::text) continue;
    if (const auto integer = as_integer(*text)) {
      row[i] = *integer;
    } else if (const auto real = as_real(*text)) {
      row[i] = *real;
    }
  }
  return insert_->insert(row);
}

}  // namespace carillon
