#include "api/router.h"

#include <gtest/gtest.h>

#include "api/exchange.h"
#include "api/routes.h"

namespace carillon::api {
namespace {

using http::Method;

std::string_view operation(Method method, std::string_view path) {
  static const Router router(routes());
  const RouteMatch match = router.match(method, path);
  return match.route == nullptr ? "" : match.route->operation_id;
}

RouteMatch matched(Method method, std::string_view path) {
  static const Router router(routes());
  return router.match(method, path);
}

TEST(Router, finds_every_row_of_the_table_by_its_pattern) {
  for (const Route& route : routes()) {
    EXPECT_EQ(operation(route.method, route.pattern), route.operation_id) << route.pattern;
  }
}

TEST(Router, takes_api_as_an_alias_of_api_v1) {
  EXPECT_EQ(operation(Method::post, "/api/tasks"), "createTask");
  EXPECT_EQ(operation(Method::post, "/api/tasks/7/schedule"), "scheduleTask");
  EXPECT_EQ(operation(Method::post, "/api/tasks:batch"), "createTasks");
  EXPECT_EQ(operation(Method::get, "/api/v1/v1/tasks"), "");
}

TEST(Router, gives_the_parameter_decoded) {
  EXPECT_EQ(matched(Method::get, "/api/v1/tasks/a%2Fb/status").parameter, "a/b");
  EXPECT_EQ(matched(Method::get, "/api/v1/tasks/7").parameter, "7");
}

TEST(Router, prefers_a_literal_to_the_parameter) {
  EXPECT_EQ(operation(Method::get, "/api/v1/events/stream"), "streamEvents");
}

TEST(Router, forgives_one_slash_at_the_end_and_no_other) {
  EXPECT_EQ(operation(Method::get, "/api/v1/tasks/"), "listTasks");
  EXPECT_EQ(operation(Method::get, "/api/v1/tasks//"), "");
  EXPECT_EQ(operation(Method::get, "/api/v1//tasks"), "");
  EXPECT_EQ(operation(Method::get, "//livez"), "");
}

TEST(Router, finds_the_row_of_get_for_head) {
  EXPECT_EQ(operation(Method::head, "/livez"), "livez");
}

TEST(Router, tells_the_methods_of_an_address_that_does_not_take_this_one) {
  const RouteMatch match = matched(Method::put, "/api/tasks");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, HEAD, POST");
  EXPECT_EQ(matched(Method::get, "/api/v1/tasks/7/run").allow, "POST");
  EXPECT_EQ(matched(Method::get, "/nothing").allow, "");
}

TEST(Router, names_the_address_that_was_probably_meant) {
  const Router router(routes());
  EXPECT_EQ(router.nearest_pattern("/api/task"), "/api/v1/tasks");
  EXPECT_EQ(router.nearest_pattern("/api/v2/tasks"), "/api/v1/tasks");
  EXPECT_EQ(router.nearest_pattern("/api/v1/tasks/7/shedule"), "/api/v1/tasks/{id}/schedule");
  EXPECT_EQ(router.nearest_pattern("/liveness"), "");
  EXPECT_EQ(router.nearest_pattern("/" + std::string(5000, 'a')), "");
}

}  // namespace
}  // namespace carillon::api
