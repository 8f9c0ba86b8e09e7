// schema/openapi.json against the route table and against what the handlers really answer.
#include <set>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/platform/embedded_files.h"
#include "api/routes.h"
#include "api/testing/api_client.h"
#include "base/text.h"

namespace carillon::api {
namespace {

namespace json = boost::json;
using testing::ApiClient;
using testing::text_at;

const json::object& document() {
  static const json::value parsed = json::parse(kOpenApiJson);
  return parsed.get_object();
}

// The value behind a reference, or the value itself.
const json::value& follow(const json::value& value) {
  const json::object* object = value.if_object();
  const json::value* reference = object != nullptr ? object->if_contains("$ref") : nullptr;
  if (reference == nullptr) return value;
  static const json::value whole = document();
  return follow(whole.at_pointer(std::string_view(reference->get_string()).substr(1)));
}

struct Operation {
  std::string method;  // Upper case.
  std::string path;
  json::object description;
};

std::vector<Operation> operations() {
  std::vector<Operation> all;
  for (const auto& [path, methods] : document().at("paths").get_object()) {
    for (const auto& [method, description] : methods.get_object()) {
      std::string upper(method);
      for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
      all.push_back({upper, std::string(path), description.get_object()});
    }
  }
  return all;
}

TEST(OpenApi, describes_exactly_the_routes_that_there_are) {
  std::set<std::string> documented;
  for (const Operation& operation : operations()) {
    documented.insert(fmt::format("{} {}", operation.path,
                                  text_at(json::value(operation.description), "/operationId")));
    EXPECT_NE(http::method_from_text(operation.method), http::Method::other) << operation.method;
  }
  std::set<std::string> routed;
  for (const Route& route : routes()) {
    routed.insert(fmt::format("{} {}", route.pattern, route.operation_id));
  }
  EXPECT_EQ(documented, routed);
}

TEST(OpenApi, describes_each_route_under_its_method) {
  for (const Operation& operation : operations()) {
    const std::string id = text_at(json::value(operation.description), "/operationId");
    for (const Route& route : routes()) {
      if (route.operation_id != id) continue;
      EXPECT_EQ(route.method, http::method_from_text(operation.method)) << id;
    }
  }
}

void check_references_and_words(const json::value& value, const std::string& place) {
  if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array) check_references_and_words(item, place);
  }
  const json::object* object = value.if_object();
  if (object == nullptr) return;
  if (object->contains("$ref")) EXPECT_NO_THROW(follow(value)) << place;
  if (const json::value* properties = object->if_contains("properties")) {
    for (const auto& [name, property] : properties->get_object()) {
      const json::object& schema = property.get_object();
      const bool says =
          schema.contains("description") || schema.contains("$ref") || schema.contains("oneOf");
      EXPECT_TRUE(says) << place << "/" << name << " has no description";
    }
  }
  for (const auto& [name, member] : *object) {
    if (name == "example" || name == "examples" || name == "value") continue;
    check_references_and_words(member, place + "/" + std::string(name));
  }
}

TEST(OpenApi, has_no_loose_reference_and_no_field_without_a_word) {
  check_references_and_words(document(), "");
}

bool has_type(const json::value& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_bool();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  return value.is_null();
}

bool matches_type(const json::value& value, const json::value& types) {
  if (types.is_string()) return has_type(value, types.get_string());
  for (const json::value& type : types.get_array()) {
    if (has_type(value, type.get_string())) return true;
  }
  return false;
}

std::string mismatch(const json::value& value, const json::value& schema, const std::string& place);

std::string object_mismatch(const json::object& value, const json::object& schema,
                            const std::string& place) {
  if (const json::value* required = schema.if_contains("required")) {
    for (const json::value& name : required->get_array()) {
      if (!value.contains(name.get_string())) {
        return fmt::format("{} lacks {}", place, std::string_view(name.get_string()));
      }
    }
  }
  const json::value* properties = schema.if_contains("properties");
  if (properties == nullptr) return {};
  for (const auto& [name, member] : value) {
    const json::value* known = properties->get_object().if_contains(name);
    const std::string below = fmt::format("{}/{}", place, std::string_view(name));
    if (known == nullptr) {
      if (schema.contains("additionalProperties")) continue;
      return below + " is not described";
    }
    if (std::string found = mismatch(member, *known, below); !found.empty()) return found;
  }
  return {};
}

// What of the value does not fit the schema; empty when all does.
std::string mismatch(const json::value& value, const json::value& loose, const std::string& place) {
  const json::object& schema = follow(loose).get_object();
  if (const json::value* choices = schema.if_contains("oneOf")) {
    std::string last;
    for (const json::value& choice : choices->get_array()) {
      last = mismatch(value, choice, place);
      if (last.empty()) return {};
    }
    return last;
  }
  if (const json::value* type = schema.if_contains("type"); type && !matches_type(value, *type)) {
    return fmt::format("{} is {}", place, json::serialize(value));
  }
  if (const json::value* words = schema.if_contains("enum")) {
    const json::array& known = words->get_array();
    if (std::find(known.begin(), known.end(), value) == known.end()) {
      return fmt::format("{} has the word {}", place, json::serialize(value));
    }
  }
  if (value.is_object()) return object_mismatch(value.get_object(), schema, place);
  const json::value* items = schema.if_contains("items");
  if (!value.is_array() || items == nullptr) return {};
  for (const json::value& item : value.get_array()) {
    if (std::string found = mismatch(item, *items, place + "/n"); !found.empty()) return found;
  }
  return {};
}

enum class QueryPart : std::uint8_t { none, examples };

// The address with the examples of its parameters.
std::string target_of(const Operation& operation, QueryPart query_part) {
  std::string target = operation.path;
  std::string query;
  const json::value* parameters = operation.description.if_contains("parameters");
  if (parameters == nullptr) return target;
  for (const json::value& loose : parameters->get_array()) {
    const json::value& parameter = follow(loose);
    const std::string example = text_at(parameter, "/example");
    const std::string name = text_at(parameter, "/name");
    if (text_at(parameter, "/in") == "path") {
      const std::size_t start = target.find('{');
      target.replace(start, target.find('}') + 1 - start, example);
    } else if (text_at(parameter, "/in") == "query" && example != "(missing)") {
      std::string escaped;
      for (const char c : example) escaped += c == ' ' ? std::string("%20") : std::string(1, c);
      query += fmt::format("{}{}={}", query.empty() ? "?" : "&", name, escaped);
    }
  }
  return query_part == QueryPart::examples ? target + query : target;
}

void check_answer(const Operation& operation, const http::Response& answer,
                  const std::string& what) {
  const json::object& responses = operation.description.at("responses").get_object();
  EXPECT_LT(answer.status, 300) << what << ": " << answer.body;
  const json::value* response = responses.if_contains(std::to_string(answer.status));
  ASSERT_NE(response, nullptr) << what << " answers " << answer.status;
  const json::value* content = follow(*response).get_object().if_contains("content");
  if (content == nullptr) {
    EXPECT_EQ(answer.body, "") << what;
    return;
  }
  const std::string type = answer.content_type.substr(0, answer.content_type.find(';'));
  const json::value* form = content->get_object().if_contains(type);
  ASSERT_NE(form, nullptr) << what << " answers in " << type;
  if (type != "application/json") return;
  EXPECT_EQ(mismatch(testing::json_of(answer), form->at("schema"), ""), "") << what;
}

// The bodies to send: every example, in every form; one empty one where none is described.
std::vector<std::pair<std::string, std::string>> bodies_of(const Operation& operation) {
  std::vector<std::pair<std::string, std::string>> bodies;
  const json::value* body = operation.description.if_contains("requestBody");
  if (body == nullptr) return {{"", ""}};
  for (const auto& [type, content] : body->at("content").get_object()) {
    for (const auto& [name, example] : content.at("examples").get_object()) {
      bodies.emplace_back(type, json::serialize(example.at("value")));
    }
  }
  EXPECT_FALSE(bodies.empty()) << operation.path;
  return bodies;
}

TEST(OpenApi, gives_examples_that_are_answered_as_described) {
  for (const Operation& operation : operations()) {
    for (const auto& [type, body] : bodies_of(operation)) {
      for (const QueryPart query_part : {QueryPart::none, QueryPart::examples}) {
        ApiClient client;
        client.gateway.emit(testing::task_fact(1));
        testing::Sent sent{
            .method = operation.method, .target = target_of(operation, query_part), .body = body};
        if (!type.empty()) sent.headers = {{"Content-Type", type}};
        check_answer(operation, client.send(sent),
                     fmt::format("{} {} {}", operation.method, sent.target, body));
      }
    }
  }
}

TEST(OpenApi, describes_the_problem_document_as_it_is) {
  ApiClient client;
  const auto answer = client.post("/api/v1/tasks", R"({"nam":"x"})");
  const json::value schema{{"$ref", "#/components/schemas/Problem"}};
  EXPECT_EQ(mismatch(testing::json_of(answer), schema, ""), "");
}

TEST(OpenApi, describes_a_refusal_for_every_call_that_needs_a_token) {
  for (const Operation& operation : operations()) {
    if (!operation.path.starts_with("/api/")) continue;
    const json::object& responses = operation.description.at("responses").get_object();
    for (const char* status : {"401", "403"}) EXPECT_TRUE(responses.contains(status));
    if (operation.method == "GET") continue;
    for (const char* status : {"400", "415", "422"}) {
      EXPECT_TRUE(responses.contains(status)) << operation.path << " " << status;
    }
  }
}

}  // namespace
}  // namespace carillon::api
