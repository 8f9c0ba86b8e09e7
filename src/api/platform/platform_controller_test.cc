#include "api/platform/platform_controller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/routes.h"
#include "api/testing/api_client.h"

namespace carillon::api {
namespace {

using testing::ApiClient;
using ::testing::HasSubstr;
using testing::json_of;
using testing::text_at;

std::string refusal(const http::Response& response) {
  return std::to_string(response.status) + " " + text_at(response, "/code");
}

TEST(Health, is_well_when_all_checks_are) {
  ApiClient client;
  for (const char* path : {"/livez", "/readyz", "/startupz"}) {
    const auto answer = client.get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body, R"({"status":"ok"})") << path;
  }
  EXPECT_EQ(client.get("/readyz?verbose").body,
            R"({"status":"ok","checks":[{"name":"store","ok":true,"detail":"open"}]})");
}

TEST(Health, names_the_check_that_fails) {
  ApiClient client;
  client.gateway.checks = {{.name = "store", .ok = true, .detail = ""},
                           {.name = "views", .ok = false, .detail = "far behind"}};
  const auto answer = client.get("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, R"({"status":"unavailable","checks":[{"name":"views","ok":false,)"
                         R"("detail":"far behind"}]})");
  EXPECT_EQ(client.get("/livez").status, 200);
}

TEST(Health, remembers_that_the_server_has_started) {
  ApiClient client;
  client.gateway.checks[0].ok = false;
  EXPECT_EQ(client.get("/startupz").status, 503);
  client.gateway.checks[0].ok = true;
  EXPECT_EQ(client.get("/startupz").status, 200);
  client.gateway.checks[0].ok = false;
  EXPECT_EQ(client.get("/startupz").status, 200);
}

TEST(Health, is_not_ready_while_the_server_drains) {
  ApiClient client;
  client.api.begin_drain();
  const auto answer = client.get("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(text_at(answer, "/checks/0/name"), "drain");
  EXPECT_EQ(client.get("/livez").status, 200);
}

TEST(Metrics, show_those_of_the_gateway_and_of_the_observer) {
  ApiClient client;
  const auto answer = client.get("/metrics");
  EXPECT_EQ(answer.body, "carillon_up 1\nhttp_up 1\n");
  EXPECT_THAT(answer.content_type, HasSubstr("version=0.0.4"));
}

TEST(Version, names_the_program) {
  ApiClient client;
  EXPECT_EQ(text_at(client.get("/version"), "/version"), CARILLON_VERSION);
}

TEST(Documents, are_part_of_the_program) {
  ApiClient client;
  EXPECT_EQ(text_at(client.get("/openapi.json"), "/openapi"), "3.1.0");
  const auto page = client.get("/docs");
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(std::string(page.header("Content-Security-Policy")), HasSubstr("default-src 'none'"));
  for (const char* foreign : {"http://", "https://", "src=", "@import", "url("}) {
    EXPECT_EQ(page.body.find(foreign), std::string::npos) << foreign;
  }
}

TEST(Problems, are_explained_to_programs_and_people) {
  ApiClient client;
  for (const ErrorInfo& info : error_table()) {
    const std::string path = "/problems/" + std::string(info.word);
    EXPECT_EQ(text_at(client.get(path), "/code"), info.word);
    const auto page = client.send({.target = path, .headers = {{"Accept", "text/html,*/*"}}});
    EXPECT_THAT(page.body, HasSubstr(std::string(info.title)));
  }
  EXPECT_EQ(refusal(client.get("/problems/no-such-code")), "404 not-found");
}

TEST(TaskTypes, are_listed_with_schema_and_example) {
  ApiClient client;
  const auto answer = client.get("/api/v1/types");
  EXPECT_EQ(text_at(answer, "/items/0/name"), "noop");
  EXPECT_EQ(text_at(answer, "/items/0/parametersSchema/type"), "object");
  EXPECT_EQ(text_at(answer, "/items/0/example/name"), "hello");
}

TEST(Backup, is_written_where_asked) {
  ApiClient client;
  const auto answer = client.post("/api/v1/admin/backup", R"({"folder":"/backups/today"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, R"({"folder":"/backups/today"})");
  EXPECT_EQ(client.gateway.backup_folder, "/backups/today");
}

TEST(Backup, is_for_this_machine_and_absolute_folders) {
  ApiClient client;
  const auto remote = client.send({.method = "POST",
                                   .target = "/api/v1/admin/backup",
                                   .body = R"({"folder":"/backups/today"})",
                                   .headers = {{"Content-Type", "application/json"}},
                                   .remote_address = "192.0.2.1"});
  EXPECT_EQ(refusal(remote), "403 forbidden");
  EXPECT_EQ(refusal(client.post("/api/v1/admin/backup", R"({"folder":"today"})")),
            "422 invalid-value");
  EXPECT_EQ(refusal(client.post("/api/v1/admin/backup", "{}")), "422 missing-field");
  client.gateway.read_error = Error{.code = ErrorCode::storage_full, .message = "full"};
  EXPECT_EQ(refusal(client.post("/api/v1/admin/backup", R"({"folder":"/b"})")), "507 storage-full");
}

TEST(UnknownAddress, is_not_found_and_tells_what_was_meant) {
  ApiClient client;
  const auto answer = client.get("/api/v1/task");
  EXPECT_EQ(refusal(answer), "404 not-found");
  EXPECT_THAT(text_at(answer, "/hint"), HasSubstr("/api/v1/tasks"));
}

TEST(WrongMethod, is_refused_with_the_right_ones) {
  ApiClient client;
  const auto answer = client.send({.method = "PUT", .target = "/api/v1/tasks"});
  EXPECT_EQ(refusal(answer), "405 method-not-allowed");
  EXPECT_EQ(answer.header("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(client.send({.method = "BREW", .target = "/livez"}).status, 405);
}

TEST(Observer, is_told_pattern_and_status) {
  ApiClient client;
  client.get("/api/tasks/7");
  EXPECT_EQ(client.observer.last().route, "/api/v1/tasks/{id}");
  EXPECT_EQ(client.observer.last().status, 404);
  client.get("/nowhere");
  EXPECT_EQ(client.observer.last().route, "unmatched");
}

// Every row of the table, without and with credentials.
TEST(AccessMatrix, asks_for_a_token_wherever_the_table_says) {
  AccessOptions access;
  access.tokens = {{.name = "ops", .role = Role::admin, .secret = "all"},
                   {.name = "eyes", .role = Role::read, .secret = "look"}};
  ApiClient client({.access = access});
  for (const Route& route : routes()) {
    std::string method;
    for (const char* name : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
      if (http::method_from_text(name) == route.method) method = name;
    }
    const auto status = [&](std::string address, std::string authorization) {
      testing::Sent sent{.method = method,
                         .target = std::string(route.pattern),
                         .remote_address = std::move(address)};
      if (!authorization.empty()) sent.headers = {{"Authorization", authorization}};
      return client.send(sent).status;
    };
    const bool is_open = route.access == Access::open;
    const bool is_local_open = is_open || route.access == Access::token_unless_local;
    EXPECT_EQ(status("192.0.2.1", "") == 401, !is_open) << route.pattern;
    EXPECT_EQ(status("127.0.0.1", "") == 401, !is_local_open) << route.pattern;
    EXPECT_EQ(status("192.0.2.1", "Bearer wrong") == 401, !is_open) << route.pattern;
    EXPECT_NE(status("127.0.0.1", "Bearer all"), 401) << route.pattern;
    EXPECT_NE(status("127.0.0.1", "Bearer all"), 403) << route.pattern;
    const bool reads = route.method == http::Method::get;
    EXPECT_EQ(status("192.0.2.1", "Bearer look") == 403, !reads) << route.pattern;
  }
}

TEST(AccessMatrix, tells_a_stranger_nothing_about_addresses) {
  AccessOptions access;
  access.tokens = {{.name = "ops", .role = Role::admin, .secret = "all"}};
  ApiClient client({.access = access});
  const auto answer = client.get("/api/v1/nothing");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer realm=\"carillon\"");
  EXPECT_EQ(client.send({.method = "BREW", .target = "/api/v1/tasks"}).status, 401);
}

TEST(AccessMatrix, names_the_caller_by_the_token) {
  AccessOptions access;
  access.tokens = {{.name = "ops", .role = Role::admin, .secret = "all"}};
  ApiClient client({.access = access});
  client.send({.method = "POST",
               .target = "/api/tasks",
               .body = R"({"name":"a"})",
               .headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer all"}}});
  EXPECT_EQ(client.gateway.caller->by, "ops");
}

}  // namespace
}  // namespace carillon::api
