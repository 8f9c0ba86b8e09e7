#include "executors/template_text.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace carillon {
namespace {

const boost::json::object& names() {
  static const boost::json::object kNames =
      boost::json::parse(R"({"run": {"id": "r.4"}, "task": {"name": "<b>&"}, "attempt": 2,
        "inputs": {"fetch": {"body": {"n": [10, 20]}, "text": "{{run.id}}", "gone": null}}})")
          .as_object();
  return kNames;
}

struct Case {
  std::string_view text;
  std::string_view expanded;
};

class Expansion : public ::testing::TestWithParam<Case> {};

TEST_P(Expansion, gives) {
  const auto expanded = expand_template(GetParam().text, names());
  ASSERT_TRUE(expanded) << expanded.error().message;
  EXPECT_EQ(*expanded, GetParam().expanded);
}

INSTANTIATE_TEST_SUITE_P(
    TemplateText, Expansion,
    ::testing::Values(Case{"plain", "plain"}, Case{"{{run.id}}!", "r.4!"},
                      Case{"{{ attempt }}", "2"}, Case{"{{{task.name}}}", "<b>&"},
                      Case{"{{&task.name}}", "<b>&"}, Case{"{{task.name}}", "<b>&"},
                      Case{"{{inputs.fetch.body.n.1}}", "20"},
                      Case{"{{inputs.fetch.body}}", R"({"n":[10,20]})"},
                      Case{"[{{inputs.fetch.gone}}{{no.such}}{{run.id.deeper}}]", "[]"},
                      // What comes out of an input is data, never a template again.
                      Case{"{{inputs.fetch.text}}", "{{run.id}}"}, Case{"a}}b", "a}}b"}));

TEST(TemplateText, refuses_what_is_not_a_name) {
  for (const auto* text :
       {"{{#list}}x{{/list}}", "{{> part}}", "{{a b}}", "{{}}", "{{open", "{{=<% %>=}}"}) {
    const auto checked = check_template(text);
    ASSERT_FALSE(checked) << text;
    EXPECT_EQ(checked.error().code, ErrorCode::invalid_value);
    EXPECT_FALSE(checked.error().hint.empty());
  }
}

TEST(TemplateText, expands_inside_arrays_and_objects_but_not_names) {
  auto value = boost::json::parse(R"({"{{run.id}}": ["{{run.id}}", {"a": "{{attempt}}"}, 5]})");
  ASSERT_TRUE(expand_templates(value, names()));
  EXPECT_EQ(value, boost::json::parse(R"({"{{run.id}}": ["r.4", {"a": "2"}, 5]})"));
}

TEST(TemplateText, is_bounded) {
  const boost::json::object big{{"x", std::string(600'000, 'x')}};
  EXPECT_FALSE(expand_template("{{x}}{{x}}", big));
}

}  // namespace
}  // namespace carillon
