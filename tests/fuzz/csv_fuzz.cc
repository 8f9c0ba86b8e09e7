// Any bytes as CSV: where they are cut changes nothing, a naive second reading gives the same
// records, and records written out again, all quoted, are read the same.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "executors/data/csv_reader.h"

namespace {

using namespace carillon;

using Table = std::vector<CsvRecord>;

std::optional<Table> read_all(std::string_view bytes, std::size_t piece) {
  Table table;
  CsvReader reader([&](CsvRecord& record) -> Result<void> {
    table.push_back(std::move(record));
    return {};
  });
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    if (!reader.feed(bytes.substr(at, piece))) return std::nullopt;
  }
  if (!reader.end()) return std::nullopt;
  return table;
}

// With the whole text at hand: a field is quoted or plain, then a comma, a line end or the end.
class NaiveCsv {
 public:
  explicit NaiveCsv(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    // Outside quotes a carriage return is never content.
    bool quoted = false;
    for (const char c : text_) {
      if (c == '"') quoted = !quoted;
      if (c != '\r' || quoted) clean_ += c;
    }
    text_ = clean_;
  }

  std::optional<Table> read() {
    Table table;
    while (!text_.empty()) {
      if (text_.front() == '\n') {
        text_.remove_prefix(1);
        continue;
      }
      CsvRecord record;
      do {
        auto field = take_field();
        if (!field) return std::nullopt;
        record.push_back(*std::move(field));
      } while (take(','));
      if (!text_.empty() && !take('\n')) return std::nullopt;
      table.push_back(std::move(record));
    }
    return table;
  }

 private:
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }

  std::optional<std::string> take_field() {
    if (!take('"')) {
      const std::string_view field = text_.substr(0, text_.find_first_of(",\n\""));
      text_.remove_prefix(field.size());
      return std::string(field);
    }
    std::string field;
    while (true) {
      const std::size_t quote = text_.find('"');
      if (quote == std::string_view::npos) return std::nullopt;
      field += text_.substr(0, quote);
      text_.remove_prefix(quote + 1);
      if (!take('"')) return field;
      field += '"';
    }
  }

  std::string_view text_;
  std::string clean_;
};

std::string written(const Table& table) {
  std::string text;
  for (const CsvRecord& record : table) {
    for (std::size_t i = 0; i < record.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : record[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto table = read_all(bytes, size);
  CARILLON_CHECK(read_all(bytes, 1) == table, "the cut changes the reading");
  CARILLON_CHECK(read_all(bytes, 5) == table, "the cut changes the reading");
  CARILLON_CHECK(NaiveCsv(bytes).read() == table, "the second reading agrees");
  if (!table || table->empty()) return 0;
  const std::string text = written(*table);
  CARILLON_CHECK(read_all(text, text.size()) == table, "what is written means the same");
  return 0;
}
