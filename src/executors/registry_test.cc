#include "executors/registry.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "executors/testing/type_harness.h"

namespace carillon {
namespace {

using testing::TypeHarness;

TypeRegistry with_probe() {
  TypeRegistry types;
  types.add(
      {.info = {.name = "probe",
                .parameter_schema = R"({"type": "object", "required": ["size"], "properties": {
                        "size": {"type": "integer", "minimum": 1, "description": "how large"},
                        "title": {"type": "string", "default": "run {{run.id}}"},
                        "shape": {"enum": ["round", "square"]},
                        "inner": {"type": "object",
                          "additionalProperties": {"type": "string"}}}})"},
       .handler = [](AttemptContext&) -> AttemptEnding { return Completed{}; }});
  return types;
}

Error refusal(std::string_view parameters) {
  const auto checked = with_probe().validate("probe", parameters);
  return checked ? Error{.message = "accepted"} : checked.error();
}

TEST(TypeRegistry, suggests_the_nearest_type) {
  const auto checked = TypeHarness().validate(R"({"type": "notificaton"})");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::unknown_task_type);
  EXPECT_EQ(checked.error().hint, "Did you mean notification?");
  EXPECT_EQ(checked.error().pointer, "/parameters/type");
}

TEST(TypeRegistry, suggests_the_nearest_parameter) {
  const Error error = refusal(R"({"type": "probe", "size": 1, "titel": "x"})");
  EXPECT_EQ(error.code, ErrorCode::unknown_field);
  EXPECT_EQ(error.hint, "Did you mean title?");
  EXPECT_EQ(error.pointer, "/parameters/titel");
}

TEST(TypeRegistry, names_a_missing_parameter_and_what_it_means) {
  const Error error = refusal(R"({"type": "probe"})");
  EXPECT_EQ(error.code, ErrorCode::missing_field);
  EXPECT_EQ(error.message, "size is required.");
  EXPECT_EQ(error.hint, "size: how large");
}

TEST(TypeRegistry, says_in_words_what_a_parameter_must_be) {
  EXPECT_EQ(refusal(R"({"size": 0})").message, "size must be a whole number of at least 1.");
  EXPECT_EQ(refusal(R"({"size": 1, "shape": "flat"})").message,
            "shape must be one of round, square.");
  EXPECT_EQ(refusal(R"({"size": 1, "title": 5})").message, "title must be a text.");
  EXPECT_EQ(refusal(R"({"size": 1, "inner": 5})").message, "inner must be an object.");
  EXPECT_EQ(refusal(R"({"size": 1, "inner": {"a": 5}})").message,
            "inner.a has a value that this type does not take.");
}

TEST(TypeRegistry, points_at_the_value_that_breaks_the_schema) {
  EXPECT_EQ(refusal(R"({"size": 0})").pointer, "/parameters/size");
  EXPECT_EQ(refusal(R"({"size": "5"})").pointer, "/parameters/size");
  EXPECT_EQ(refusal(R"({"size": 1, "shape": "flat"})").pointer, "/parameters/shape");
  EXPECT_EQ(refusal(R"({"size": 1, "inner": {"a": 5}})").pointer, "/parameters/inner/a");
  EXPECT_EQ(refusal(R"({"size": 1, "title": "{{#if}}"})").pointer, "/parameters/title");
}

TEST(TypeRegistry, refuses_what_is_not_an_object_or_too_deep) {
  EXPECT_EQ(refusal("[1]").code, ErrorCode::invalid_value);
  EXPECT_EQ(refusal("{").code, ErrorCode::malformed_json);
  EXPECT_EQ(refusal(std::string(100'000, '[')).code, ErrorCode::malformed_json);
}

TEST(TypeRegistry, fills_defaults_and_then_templates) {
  const auto names = boost::json::parse(R"({"run": {"id": "r.1"}})").as_object();
  const auto prepared = with_probe().prepare("probe", R"({"type": "probe", "size": 3})", names);
  ASSERT_TRUE(prepared);
  EXPECT_EQ(*prepared, boost::json::parse(R"({"size": 3, "title": "run r.1"})").as_object());
}

TEST(TypeRegistry, accepts_every_example) {
  TypeHarness harness(
      [](ExecutorOptions& options) { options.command.availability = Availability::on; });
  for (const TypeInfo& info : harness.types().list()) {
    const auto example = boost::json::parse({info.example.data(), info.example.size()});
    EXPECT_EQ(example.at("parameters").at("type").as_string(), info.name);
    const auto checked = harness.validate(boost::json::serialize(example.at("parameters")));
    EXPECT_TRUE(checked) << info.name << ": " << checked.error().message;
  }
}

TEST(TypeRegistry, lets_every_type_but_http_and_command_run_with_only_its_type) {
  TypeHarness harness;
  for (const TypeInfo& info : harness.types().list()) {
    const auto checked =
        harness.validate(std::string(R"({"type": ")") + std::string(info.name) + "\"}");
    const bool must_say_more = info.name == "http" || info.name == "command";
    EXPECT_EQ(checked.has_value(), !must_say_more) << info.name;
  }
}

}  // namespace
}  // namespace carillon
