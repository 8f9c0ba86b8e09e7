#include <gtest/gtest.h>

#include "domain/filter/filter.h"

namespace carillon {
namespace {

constexpr Instant kNow = Instant::from_unix_ms(1'767'225'600'000);  // 2026-01-01T00:00:00Z

Filter parsed(std::string_view text) {
  auto filter = parse_filter(text, kNow);
  EXPECT_TRUE(filter.has_value()) << text << ": " << (filter ? "" : filter.error().message);
  return filter.value_or(Filter{});
}

Error refused(std::string_view text) {
  auto filter = parse_filter(text, kNow);
  EXPECT_FALSE(filter.has_value()) << text;
  return filter ? Error{} : filter.error();
}

Filter term(FilterField field, FilterRelation relation, std::vector<std::string> values,
            std::string parameter = {}) {
  return Filter{.kind = FilterNodeKind::term,
                .term = {.field = field,
                         .parameter = std::move(parameter),
                         .relation = relation,
                         .values = std::move(values)},
                .children = {}};
}

Filter word(std::string text) {
  return term(FilterField::any_text, FilterRelation::contains, {std::move(text)});
}

Filter node(FilterNodeKind kind, std::vector<Filter> children) {
  return Filter{.kind = kind, .term = {}, .children = std::move(children)};
}

TEST(ParseFilter, of_blank_text_matches_everything) {
  EXPECT_EQ(parsed(""), Filter{});
  EXPECT_EQ(parsed("  \n"), Filter{});
}

TEST(ParseFilter, takes_a_bare_word_as_a_substring) {
  EXPECT_EQ(parsed("nightly"), word("nightly"));
  EXPECT_EQ(parsed("\"two words\""), word("two words"));
  EXPECT_EQ(parsed(R"("a \"b\" \\")"), word(R"(a "b" \)"));
}

TEST(ParseFilter, knows_every_key) {
  using enum FilterField;
  using enum FilterRelation;
  EXPECT_EQ(parsed("id:x"), term(id, equals, {"x"}));
  EXPECT_EQ(parsed("name=nightly"), term(name, equals, {"nightly"}));
  EXPECT_EQ(parsed("name~\"nightly report\""), term(name, contains, {"nightly report"}));
  EXPECT_EQ(parsed("description~x"), term(description, contains, {"x"}));
  EXPECT_EQ(parsed("type:http,noop"), term(type, equals, {"http", "noop"}));
  EXPECT_EQ(parsed("queue:default"), term(queue, equals, {"default"}));
  EXPECT_EQ(parsed("tag:etl"), term(tag, equals, {"etl"}));
  EXPECT_EQ(parsed("createdBy:ann"), term(created_by, equals, {"ann"}));
  EXPECT_EQ(parsed("assignedTo:\"\""), term(assigned_to, equals, {""}));
  EXPECT_EQ(parsed("priority>=5"), term(priority, greater_equal, {"5"}));
  EXPECT_EQ(parsed("param.a.b:eu"), term(parameter, equals, {"eu"}, "a.b"));
  EXPECT_EQ(parsed("parent:any"), term(parent, equals, {"any"}));
  EXPECT_EQ(parsed("parent:0190A000-0000-7000-8000-000000000001.3"),
            term(parent, equals, {"0190a000-0000-7000-8000-000000000001.3"}));
}

TEST(ParseFilter, writes_statuses_as_their_words) {
  EXPECT_EQ(parsed("status:failed,Running"),
            term(FilterField::status, FilterRelation::equals, {"FAILED", "RUNNING"}));
}

TEST(ParseFilter, resolves_times_against_now) {
  using enum FilterRelation;
  EXPECT_EQ(parsed("created>-24h"), term(FilterField::created, greater, {"1767139200000"}));
  EXPECT_EQ(parsed("next<+1h30m"), term(FilterField::next_execution, less, {"1767231000000"}));
  EXPECT_EQ(parsed("updated<=2026-01-01T00:00:00Z"),
            term(FilterField::updated, less_equal, {"1767225600000"}));
  EXPECT_EQ(parsed("updated>=2026-01-01"), parsed("updated>=now"));
}

TEST(ParseFilter, joins_by_blank_and_by_or) {
  EXPECT_EQ(parsed("a b"), node(FilterNodeKind::all, {word("a"), word("b")}));
  EXPECT_EQ(parsed("a AND b"), parsed("a b"));
  EXPECT_EQ(parsed("a OR b OR c"), node(FilterNodeKind::any, {word("a"), word("b"), word("c")}));
  EXPECT_EQ(parsed("order"), word("order"));
  EXPECT_EQ(parsed("\"OR\""), word("OR"));
}

TEST(ParseFilter, groups_by_parentheses) {
  EXPECT_EQ(
      parsed("(a OR b) c"),
      node(FilterNodeKind::all, {node(FilterNodeKind::any, {word("a"), word("b")}), word("c")}));
  EXPECT_EQ(parsed("((a))"), word("a"));
}

TEST(ParseFilter, negates_terms_and_groups) {
  EXPECT_EQ(parsed("-tag:etl"), node(FilterNodeKind::negated,
                                     {term(FilterField::tag, FilterRelation::equals, {"etl"})}));
  EXPECT_EQ(parsed("-(a b)"), node(FilterNodeKind::negated, {parsed("a b")}));
}

TEST(ParseFilter, refuses_a_mix_of_and_and_or) {
  const Error error = refused("a b OR c");
  EXPECT_EQ(error.code, ErrorCode::bad_filter);
  EXPECT_EQ(error.column, 5U);
  EXPECT_NE(error.hint.find("(a OR b) c"), std::string::npos);
  EXPECT_EQ(refused("a OR b c").column, 8U);
}

TEST(ParseFilter, names_the_nearest_key) {
  const Error error = refused("a stauts:failed");
  EXPECT_EQ(error.code, ErrorCode::unknown_filter_key);
  EXPECT_EQ(error.column, 3U);
  EXPECT_NE(error.hint.find("Did you mean status?"), std::string::npos) << error.hint;
  EXPECT_NE(refused("createdAt>-1h").hint.find("created?"), std::string::npos);
}

TEST(ParseFilter, lists_the_keys_when_none_is_near) {
  EXPECT_NE(refused("zzzzzzzzzz:1").hint.find("assignedTo"), std::string::npos);
  EXPECT_NE(refused("http://example").hint.find("quotes"), std::string::npos);
}

TEST(ParseFilter, names_the_nearest_status) {
  const Error error = refused("status:faild");
  EXPECT_EQ(error.code, ErrorCode::bad_filter);
  EXPECT_EQ(error.column, 8U);
  EXPECT_EQ(error.hint, "Did you mean FAILED?");
}

TEST(ParseFilter, counts_columns_in_characters) { EXPECT_EQ(refused("äöü status:x").column, 12U); }

struct Refusal {
  std::string_view text;
  std::uint32_t column;
};

TEST(ParseFilter, says_where_it_stopped) {
  const Refusal cases[] = {
      {"(a", 1},           {"a)", 2},           {"()", 1},
      {"\"a", 1},          {"name:", 6},        {"name:a,", 8},
      {"name: a", 6},      {"OR a", 1},         {"a OR", 3},
      {"a OR )", 3},       {"- a", 1},          {"--a", 1},
      {"name<3", 5},       {"created:now", 8},  {"created>soon", 9},
      {"priority:10", 10}, {"priority~1", 9},   {"status~a", 7},
      {"param.:1", 1},     {"param.a..b:1", 1}, {"parent:x", 8},
      {"name:\"a\"b", 9},  {"\"\"", 1},         {"name~\"\"", 6},
      {"NOT a", 1},        {"created>-1", 9},   {"created>-1h,-2h", 12},
      {R"("\a")", 2},
  };
  for (const Refusal& one : cases) EXPECT_EQ(refused(one.text).column, one.column) << one.text;
}

TEST(ParseFilter, bounds_length_and_nesting) {
  EXPECT_EQ(refused(std::string(kFilterBytes + 1, 'a')).code, ErrorCode::bad_filter);
  const std::string open(kFilterDepth, '(');
  EXPECT_EQ(refused(open + "a" + std::string(kFilterDepth, ')')).code, ErrorCode::bad_filter);
  EXPECT_EQ(parsed(open.substr(1) + "a" + std::string(kFilterDepth - 1, ')')), word("a"));
}

TEST(ParseFilter, refuses_bytes_that_are_not_text) {
  EXPECT_EQ(refused("a\xff").code, ErrorCode::bad_filter);
  EXPECT_EQ(refused(std::string_view("a\0b", 3)).code, ErrorCode::bad_filter);
}

TEST(PrintFilter, writes_what_parse_filter_reads) {
  EXPECT_EQ(print_filter(parsed("(a OR -name~b) created>2026-01-01 -(c d)")),
            R"(("a" OR -name~"b") created>2026-01-01T00:00:00.000Z -("c" "d"))");
}

TEST(Mentions, looks_into_every_branch) {
  EXPECT_TRUE(mentions(parsed("a (b OR -parent:any)"), FilterField::parent));
  EXPECT_FALSE(mentions(parsed("a (b OR -tag:any)"), FilterField::parent));
}

}  // namespace
}  // namespace carillon
