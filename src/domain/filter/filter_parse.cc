#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "domain/filter/filter.h"
#include "domain/filter/filter_keys.h"
#include "domain/filter/relative_time.h"
#include "domain/id/ids.h"
#include "domain/limits.h"
#include "domain/words.h"

namespace carillon {
namespace {

constexpr std::string_view kQuoteHint = "To search for it as text, put it in double quotes.";

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr bool is_key_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

// Ends a bare word or value.
constexpr bool is_delimiter(char c) { return is_blank(c) || c == '(' || c == ')' || c == '"'; }

// A piece of text as typed, with the place where it begins.
struct Piece {
  std::string text;
  std::size_t at = 0;
};

// How a key is tied to its values.
struct Operator {
  std::string_view text;
  FilterRelation relation;
};

// Longest first where one operator begins another.
constexpr std::array<Operator, 7> kOperators{{{"<=", FilterRelation::less_equal},
                                              {">=", FilterRelation::greater_equal},
                                              {"<", FilterRelation::less},
                                              {">", FilterRelation::greater},
                                              {":", FilterRelation::equals},
                                              {"=", FilterRelation::equals},
                                              {"~", FilterRelation::contains}}};

class FilterReader {
 public:
  FilterReader(std::string_view text, Instant now) : text_(text), now_(now) {}

  Result<Filter> read() {
    auto filter = sequence(0);
    if (filter && !at_end()) return fail_at(at_, "This ')' closes nothing.", "Remove it.");
    return filter;
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char front() const { return text_[at_]; }

  void skip_blanks() {
    while (!at_end() && is_blank(front())) ++at_;
  }

  [[nodiscard]] std::unexpected<Error> fail_at(std::size_t at, std::string message,
                                               std::string_view hint,
                                               ErrorCode code = ErrorCode::bad_filter) const {
    const std::string_view before = text_.substr(0, at);
    const auto characters = std::count_if(before.begin(), before.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    });
    return fail(Error{.code = code,
                      .message = std::move(message),
                      .hint = std::string(hint),
                      .column = static_cast<std::uint32_t>(characters + 1),
                      .pointer = {}});
  }

  // The word AND or OR, standing alone.
  std::optional<FilterNodeKind> take_joiner() {
    for (const auto& [word, kind] : {std::pair{std::string_view("AND"), FilterNodeKind::all},
                                     std::pair{std::string_view("OR"), FilterNodeKind::any}}) {
      const std::string_view rest = text_.substr(at_);
      if (!rest.starts_with(word)) continue;
      if (rest.size() > word.size() && !is_delimiter(rest[word.size()])) continue;
      at_ += word.size();
      return kind;
    }
    return std::nullopt;
  }

  // Conditions up to the end or an unopened ')', all joined the same way.
  Result<Filter> sequence(int depth) {
    Filter filter;
    std::optional<FilterNodeKind> joined;
    while (true) {
      skip_blanks();
      if (at_end() || front() == ')') break;
      const std::size_t begin = at_;
      auto joiner = take_joiner();
      if (joiner) {
        skip_blanks();
        if (filter.children.empty() || at_end() || front() == ')') {
          return fail_at(begin,
                         fmt::format("{} needs a condition on both sides.",
                                     *joiner == FilterNodeKind::any ? "OR" : "AND"),
                         kQuoteHint);
        }
      } else if (!filter.children.empty()) {
        joiner = FilterNodeKind::all;
      }
      if (joiner && joined && *joined != *joiner) {
        return fail_at(begin, "AND (a blank) and OR are mixed.",
                       "Add parentheses to say which belongs together: (a OR b) c.");
      }
      if (joiner) joined = joiner;
      auto child = operand(depth);
      if (!child) return child;
      filter.children.push_back(std::move(*child));
    }
    if (filter.children.size() == 1) {
      Filter only = std::move(filter.children.front());
      return only;
    }
    filter.kind = joined.value_or(FilterNodeKind::all);
    return filter;
  }

  Result<Filter> operand(int depth) {
    if (depth >= kFilterDepth) {
      return fail_at(at_, fmt::format("The filter nests deeper than {}.", kFilterDepth),
                     "Use fewer parentheses.");
    }
    if (front() == '-') return negation(depth);
    if (front() == '(') return group(depth);
    return term();
  }

  Result<Filter> negation(int depth) {
    const std::size_t begin = at_++;
    if (at_end() || is_blank(front()) || front() == ')' || front() == '-') {
      return fail_at(begin, "A '-' must stand right before what it negates.",
                     "Write -tag:etl or -(a OR b).");
    }
    auto child = operand(depth + 1);
    if (!child) return child;
    Filter filter{.kind = FilterNodeKind::negated, .term = {}, .children = {}};
    filter.children.push_back(std::move(*child));
    return filter;
  }

  Result<Filter> group(int depth) {
    const std::size_t begin = at_++;
    auto filter = sequence(depth + 1);
    if (!filter) return filter;
    if (at_end()) return fail_at(begin, "This '(' is never closed.", "Add a ')'.");
    ++at_;
    if (filter->kind == FilterNodeKind::all && filter->children.empty()) {
      return fail_at(begin, "These parentheses are empty.", "Remove them.");
    }
    return filter;
  }

  Result<Filter> term() {
    const std::size_t begin = at_;
    std::size_t end = at_;
    while (end < text_.size() && is_key_char(text_[end])) ++end;
    if (end > begin) {
      for (const Operator& op : kOperators) {
        if (!text_.substr(end).starts_with(op.text)) continue;
        at_ = end + op.text.size();
        return keyed_term({std::string(text_.substr(begin, end - begin)), begin}, op);
      }
    }
    auto word = piece(StopAt::blank);
    if (!word) return std::unexpected(std::move(word.error()));
    if (word->text.empty()) {
      return fail_at(begin, "This text is empty.", "Put something between the quotes.");
    }
    if (word->text == "NOT" && text_[begin] != '"') {
      return fail_at(begin, "NOT is not a word of filters.", "Write -tag:etl to negate.");
    }
    return Filter{.kind = FilterNodeKind::term,
                  .term = {.field = FilterField::any_text,
                           .parameter = {},
                           .relation = FilterRelation::contains,
                           .values = {std::move(word->text)}},
                  .children = {}};
  }

  enum class StopAt : std::uint8_t { blank, comma };

  // A bare or quoted piece of text.
  Result<Piece> piece(StopAt stop) {
    if (!at_end() && front() == '"') return quoted();
    Piece out{.text = {}, .at = at_};
    while (!at_end() && !is_delimiter(front()) && !(stop == StopAt::comma && front() == ',')) {
      out.text.push_back(text_[at_++]);
    }
    return out;
  }

  Result<Piece> quoted() {
    Piece out{.text = {}, .at = at_++};
    while (!at_end() && front() != '"') {
      if (front() == '\\') {
        ++at_;
        if (at_end() || (front() != '"' && front() != '\\')) {
          return fail_at(at_ - 1, "After a backslash only \\ and \" may stand.",
                         "Write \\\\ for a backslash.");
        }
      }
      out.text.push_back(text_[at_++]);
    }
    if (at_end()) return fail_at(out.at, "This quote is never closed.", "Add a '\"'.");
    ++at_;
    return out;
  }

  Result<Filter> keyed_term(const Piece& key, const Operator& op) {
    const FilterKeyRow* row = find_key(key.text);
    if (row == nullptr) return unknown_key(key);
    FilterTerm term{.field = row->field, .parameter = {}, .relation = op.relation, .values = {}};
    if (row->field == FilterField::parameter) {
      term.parameter = key.text.substr(kParameterKey.size());
      if (!is_path(term.parameter)) {
        return fail_at(key.at, fmt::format("'{}' names no parameter.", key.text),
                       "Write param.region:eu or param.customer.id:42.");
      }
    }
    if (auto allowed = check_operator(key, *row, op); !allowed) {
      return std::unexpected(std::move(allowed.error()));
    }
    if (auto read = read_values(key, *row, term); !read) {
      return std::unexpected(std::move(read.error()));
    }
    return Filter{.kind = FilterNodeKind::term, .term = std::move(term), .children = {}};
  }

  static const FilterKeyRow* find_key(std::string_view key) {
    for (const FilterKeyRow& row : kFilterKeys) {
      const bool found =
          row.field == FilterField::parameter ? key.starts_with(kParameterKey) : key == row.key;
      if (found) return &row;
    }
    return nullptr;
  }

  // No empty segment.
  static bool is_path(std::string_view path) {
    return !path.empty() && !path.starts_with('.') && !path.ends_with('.') &&
           path.find("..") == std::string_view::npos;
  }

  [[nodiscard]] std::unexpected<Error> unknown_key(const Piece& key) const {
    const std::string meant = nearest_key(key.text);
    const std::string hint = meant.empty() ? fmt::format("The keys are {}.", all_keys())
                                           : fmt::format("Did you mean {}?", meant);
    return fail_at(key.at, fmt::format("'{}' is not a key of filters.", key.text),
                   fmt::format("{} {}", hint, kQuoteHint), ErrorCode::unknown_filter_key);
  }

  static std::string nearest_key(std::string_view wrong) {
    for (const auto& [name, key] : kFieldNames) {
      if (name == wrong) return std::string(key);
    }
    std::vector<std::string_view> keys;
    for (const FilterKeyRow& row : kFilterKeys) keys.push_back(row.key);
    return std::string(nearest_name(wrong, keys));
  }

  static std::string all_keys() {
    std::string list;
    for (const FilterKeyRow& row : kFilterKeys) {
      if (!list.empty()) list += ", ";
      list += row.field == FilterField::parameter ? "param.<name>" : row.key;
    }
    return list;
  }

  [[nodiscard]] Result<void> check_operator(const Piece& key, const FilterKeyRow& row,
                                            const Operator& op) const {
    const bool exact = op.relation == FilterRelation::equals;
    const bool substring = op.relation == FilterRelation::contains;
    bool allowed = false;
    std::string_view hint;
    switch (row.kind) {
      case FilterValueKind::text:
        allowed = exact || substring;
        hint = "Use : for the exact value or ~ for a part of it.";
        break;
      case FilterValueKind::status:
      case FilterValueKind::parent:
        allowed = exact;
        hint = "Use : with it.";
        break;
      case FilterValueKind::number:
        allowed = !substring;
        hint = "Use :, <, <=, > or >= with it.";
        break;
      case FilterValueKind::instant:
        allowed = !exact && !substring;
        hint = "Use <, <=, > or >= with it, as in created>-24h.";
        break;
    }
    if (allowed) return {};
    return fail_at(key.at + key.text.size(),
                   fmt::format("'{}' cannot be used with {}.", op.text, key.text), hint);
  }

  Result<void> read_values(const Piece& key, const FilterKeyRow& row, FilterTerm& term) {
    while (true) {
      const std::size_t begin = at_;
      const bool is_quoted = !at_end() && front() == '"';
      auto value = piece(StopAt::comma);
      if (!value) return std::unexpected(std::move(value.error()));
      const bool may_be_empty = is_quoted && term.relation == FilterRelation::equals;
      if (value->text.empty() && !may_be_empty) {
        return fail_at(begin, fmt::format("A value for {} is missing.", key.text),
                       "Write it right behind the sign, without a blank.");
      }
      auto canonical = canonical_value(row, *value);
      if (!canonical) return std::unexpected(std::move(canonical.error()));
      term.values.push_back(std::move(*canonical));
      if (at_end() || front() != ',') break;
      const bool comparison =
          term.relation != FilterRelation::equals && term.relation != FilterRelation::contains;
      if (comparison) return fail_at(at_, "A comparison takes one value.", "Remove the comma.");
      ++at_;
    }
    if (at_end() || is_blank(front()) || front() == ')') return {};
    return fail_at(at_, "A blank is missing before this.", "Separate conditions by blanks.");
  }

  [[nodiscard]] Result<std::string> canonical_value(const FilterKeyRow& row,
                                                    const Piece& value) const {
    switch (row.kind) {
      case FilterValueKind::text:
        return value.text;
      case FilterValueKind::status:
        return status_word(value);
      case FilterValueKind::number:
        return priority_digits(value);
      case FilterValueKind::instant:
        if (const auto moment = parse_moment(value.text, now_)) {
          return fmt::format("{}", moment->unix_ms());
        }
        return fail_at(value.at, fmt::format("'{}' is not a time.", value.text),
                       "Write -24h, +1h30m, 2026-01-31, now or 2026-01-31T08:00:00Z; units are "
                       "ms, s, m, h, d, w.");
      case FilterValueKind::parent:
        if (value.text == "any") return value.text;
        if (const auto run = parse_run_id(value.text)) return to_text(*run);
        return fail_at(value.at, fmt::format("'{}' is not the id of a run.", value.text),
                       "Write parent:<task id>.<number> or parent:any.");
    }
    std::unreachable();
  }

  [[nodiscard]] Result<std::string> status_word(const Piece& value) const {
    std::vector<std::string_view> words;
    for (const auto& [status, word] : Words<TaskStatus>::rows) {
      if (equal_ignoring_case(word, value.text)) return std::string(word);
      words.push_back(word);
    }
    const std::string_view nearest = nearest_name(value.text, words);
    return fail_at(value.at, fmt::format("'{}' is not a status.", value.text),
                   nearest.empty() ? fmt::format("The statuses are {}.", all_words<TaskStatus>())
                                   : fmt::format("Did you mean {}?", nearest));
  }

  [[nodiscard]] Result<std::string> priority_digits(const Piece& value) const {
    std::uint32_t number = 0;
    const char* const end = value.text.data() + value.text.size();
    const auto [stopped, problem] = std::from_chars(value.text.data(), end, number);
    if (problem == std::errc{} && stopped == end && number <= limits::kPriorityMax) {
      return fmt::format("{}", number);
    }
    return fail_at(value.at, fmt::format("'{}' is not a priority.", value.text),
                   fmt::format("Write a number from 0 to {}.", limits::kPriorityMax));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Instant now_;
};

}  // namespace

Result<Filter> parse_filter(std::string_view text, Instant now) {
  if (text.size() > kFilterBytes) {
    return fail(ErrorCode::bad_filter,
                fmt::format("The filter has {} bytes, more than {}.", text.size(), kFilterBytes),
                "Shorten it.");
  }
  const bool has_control = std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && !is_blank(c)) || c == 0x7f;
  });
  if (has_control || !is_utf8(text)) {
    return fail(ErrorCode::bad_filter, "The filter holds bytes that are not readable text.",
                "Send it as UTF-8 without control characters.");
  }
  return FilterReader(text, now).read();
}

}  // namespace carillon
