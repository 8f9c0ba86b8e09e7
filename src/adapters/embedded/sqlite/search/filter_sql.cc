#include "adapters/embedded/sqlite/search/filter_sql.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "adapters/embedded/sqlite/search/trigram_query.h"
#include "adapters/embedded/sqlite/view_schema.h"
#include "base/text.h"
#include "base/uuid.h"
#include "base/words.h"
#include "domain/filter/fold_case.h"
#include "domain/words.h"

namespace carillon {
namespace {

// Columns of the search index; a bare word looks in all of them.
constexpr std::array<std::string_view, 5> kSearchColumns{"name", "description", "type", "tags",
                                                         "created_by"};

bool is_search_column(std::string_view column) {
  return std::find(kSearchColumns.begin(), kSearchColumns.end(), column) != kSearchColumns.end();
}

// The first and the last id whose text begins so; none when no id does.
struct IdRange {
  Uuid first;
  Uuid last;
};

std::optional<IdRange> ids_beginning_with(std::string_view text) {
  constexpr std::string_view kFirst = "00000000-0000-0000-0000-000000000000";
  constexpr std::string_view kLast = "ffffffff-ffff-ffff-ffff-ffffffffffff";
  if (text.empty() || text.size() > kFirst.size()) return std::nullopt;
  const auto completed = [&](std::string_view rest) {
    return parse_uuid(std::string(text).append(rest.substr(text.size())));
  };
  const auto first = completed(kFirst);
  const auto last = completed(kLast);
  if (!first || !last) return std::nullopt;
  return IdRange{.first = *first, .last = *last};
}

std::int64_t number_of(std::string_view digits) {
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string enclosed(std::string_view tag) { return fmt::format("{0}{1}{0}", kTagSeparator, tag); }

// `$."a"."b"`: keys hold no quote, the grammar has none in them.
std::string json_path(std::string_view dotted) {
  std::string path = "$";
  for (const std::string_view key : split(dotted, '.')) path += fmt::format(".\"{}\"", key);
  return path;
}

std::string_view comparison(FilterRelation relation) {
  switch (relation) {
    case FilterRelation::equals:
    case FilterRelation::contains:
      return "=";
    case FilterRelation::less:
      return "<";
    case FilterRelation::less_equal:
      return "<=";
    case FilterRelation::greater:
      return ">";
    case FilterRelation::greater_equal:
      return ">=";
  }
  std::unreachable();
}

// The columns by which terms are told apart; empty for fields that have a condition of their own.
std::string_view column_of(FilterField field) {
  switch (field) {
    case FilterField::id:
      return "id";
    case FilterField::name:
      return "name";
    case FilterField::description:
      return "description";
    case FilterField::status:
      return "status";
    case FilterField::type:
      return "type";
    case FilterField::queue:
      return "queue";
    case FilterField::tag:
      return "tags";
    case FilterField::created_by:
      return "created_by";
    case FilterField::assigned_to:
      return "assigned_to";
    case FilterField::priority:
      return "priority";
    case FilterField::created:
      return "created_at";
    case FilterField::updated:
      return "updated_at";
    case FilterField::next_execution:
      return "next_at";
    case FilterField::any_text:
    case FilterField::parameter:
    case FilterField::parent:
      return {};
  }
  std::unreachable();
}

class ConditionWriter {
 public:
  explicit ConditionWriter(TextLookup lookup) : lookup_(lookup) {}

  SqlCondition write(const Filter& filter) {
    append(filter);
    return std::move(out_);
  }

 private:
  void append(const Filter& filter) {
    switch (filter.kind) {
      case FilterNodeKind::term:
        append_term(filter.term);
        return;
      case FilterNodeKind::negated:
        out_.text += "NOT ";
        append(filter.children.front());
        return;
      case FilterNodeKind::all:
      case FilterNodeKind::any:
        append_list(filter.children, filter.kind == FilterNodeKind::any ? " OR " : " AND ");
        return;
    }
  }

  void append_list(const std::vector<Filter>& children, std::string_view joiner) {
    if (children.empty()) {
      out_.text += "1";
      return;
    }
    out_.text.push_back('(');
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (i > 0) out_.text += joiner;
      append(children[i]);
    }
    out_.text.push_back(')');
  }

  // Any of the values.
  void append_term(const FilterTerm& term) {
    out_.text.push_back('(');
    for (std::size_t i = 0; i < term.values.size(); ++i) {
      if (i > 0) out_.text += " OR ";
      append_value(term, term.values[i]);
    }
    out_.text.push_back(')');
  }

  void append_value(const FilterTerm& term, const std::string& value) {
    switch (term.field) {
      case FilterField::any_text:
        append_any_text(fold_case(value));
        return;
      case FilterField::status:
        append_compared("status", "=", word_number(value));
        return;
      case FilterField::priority:
      case FilterField::created:
      case FilterField::updated:
        append_compared(column_of(term.field), comparison(term.relation), number_of(value));
        return;
      case FilterField::next_execution:
        append_compared("next_at", comparison(term.relation), number_of(value));
        // Without this a task that has none would count as later than everything.
        out_.text += fmt::format(" AND next_at <> {}", kNextNever);
        return;
      case FilterField::parameter:
        append_parameter(term, value);
        return;
      case FilterField::parent:
        append_parent(value);
        return;
      case FilterField::id:
      case FilterField::name:
      case FilterField::description:
      case FilterField::type:
      case FilterField::queue:
      case FilterField::tag:
      case FilterField::created_by:
      case FilterField::assigned_to:
        append_text(term, fold_case(value));
        return;
    }
  }

  void append_text(const FilterTerm& term, const std::string& folded) {
    const std::string_view column = column_of(term.field);
    if (term.relation == FilterRelation::contains) {
      append_substring(column, folded);
    } else if (term.field == FilterField::id) {
      append_id(folded);
    } else if (term.field == FilterField::tag) {
      append_tag(folded);
    } else {
      append_compared(column, "=", folded);
    }
  }

  void append_id(const std::string& text) {
    const auto id = parse_uuid(text);
    if (!id) {
      out_.text += "0";  // Nothing has an id that is none.
      return;
    }
    append_compared("uuid", "=", SqlBlob{std::string(id->raw())});
  }

  void append_tag(const std::string& tag) {
    if (tag.empty()) {
      append_compared("tags", "=", std::string());  // Without any tag.
      return;
    }
    append_substring("tags", enclosed(tag));
  }

  void append_any_text(const std::string& text) {
    append_search(kSearchColumns, text, ids_beginning_with(text));
  }

  void append_substring(std::string_view column, const std::string& text) {
    if (column == "id") {
      out_.text += "instr(uuid_text(uuid), ?) > 0";
      out_.values.emplace_back(text);
    } else {
      append_search({&column, 1}, text, std::nullopt);
    }
  }

  // The text stands in one of the columns, or the id is in the range. The index tells which rows to
  // look at: those it finds, and the newest, which it does not have yet.
  void append_search(std::span<const std::string_view> columns, const std::string& text,
                     const std::optional<IdRange>& ids) {
    std::optional<std::string> query;
    if (lookup_ == TextLookup::index && is_search_column(columns.front())) {
      query = trigram_query(text);
    }
    if (query) {
      out_.text += "(key IN (SELECT rowid FROM search WHERE search MATCH ? UNION ALL ";
      out_.text += "SELECT key FROM tasks WHERE key > ";
      out_.text += "(SELECT value FROM meta WHERE meta.name = 'searchable')";
      out_.values.emplace_back(*std::move(query));
      if (ids) {
        out_.text += " UNION ALL SELECT key FROM tasks WHERE ";
        append_range(*ids);
      }
      out_.text += ") AND ";
    }
    append_texts(columns, text, ids);
    if (query) out_.text += ")";
  }

  void append_texts(std::span<const std::string_view> columns, const std::string& text,
                    const std::optional<IdRange>& ids) {
    std::string_view joiner = "(";
    for (const std::string_view column : columns) {
      out_.text += fmt::format("{}instr({}, ?) > 0", joiner, column);
      out_.values.emplace_back(text);
      joiner = " OR ";
    }
    if (ids) {
      out_.text += joiner;
      append_range(*ids);
    }
    out_.text += ")";
  }

  void append_range(const IdRange& ids) {
    out_.text += "uuid BETWEEN ? AND ?";
    out_.values.emplace_back(SqlBlob{std::string(ids.first.raw())});
    out_.values.emplace_back(SqlBlob{std::string(ids.last.raw())});
  }

  void append_compared(std::string_view column, std::string_view op, SqlValue value) {
    out_.text += fmt::format("{} {} ?", column, op);
    out_.values.push_back(std::move(value));
  }

  // json_each gives the value itself, or the elements of an array; an object's members are not
  // looked at. Numbers compare by their text.
  void append_parameter(const FilterTerm& term, const std::string& value) {
    constexpr std::string_view kText =
        "CASE member.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN "
        "'null' "
        "WHEN 'array' THEN NULL WHEN 'object' THEN NULL ELSE CAST(member.atom AS TEXT) END";
    const std::string path = json_path(term.parameter);
    const bool exact = term.relation == FilterRelation::equals;
    out_.text += fmt::format(
        "(coalesce(CASE WHEN json_valid(parameters) THEN json_type(parameters, ?) END, "
        "'object') <> 'object' AND EXISTS "
        "(SELECT 1 FROM json_each(parameters, ?) AS member WHERE {}))",
        exact ? fmt::format("{} = ?", kText) : fmt::format("instr(fold_case({}), ?) > 0", kText));
    out_.values.emplace_back(path);
    out_.values.emplace_back(path);
    out_.values.emplace_back(exact ? value : fold_case(value));
  }

  void append_parent(const std::string& value) {
    const auto run = parse_run_id(value);
    if (!run) {
      out_.text += "parent IS NOT NULL";
      return;
    }
    append_compared("parent IS NOT NULL AND parent", "=", SqlBlob{parent_key(*run)});
  }

  static std::int64_t word_number(std::string_view word) {
    const auto status = from_word<TaskStatus>(word);
    return status ? static_cast<std::int64_t>(*status) : -1;
  }

  TextLookup lookup_;
  SqlCondition out_;
};

}  // namespace

SqlCondition filter_sql(const Filter& filter, TextLookup lookup) {
  return ConditionWriter(lookup).write(filter);
}

std::string parent_key(const RunId& run) {
  std::string key(run.task.value().raw());
  for (int shift = 24; shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>((run.number >> shift) & 0xff));
  }
  return key;
}

}  // namespace carillon
