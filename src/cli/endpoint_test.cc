#include "cli/endpoint.h"

#include <gtest/gtest.h>

#include "cli/fake_environment.h"

namespace carillon::cli {
namespace {

constexpr const char* kProfiles = R"({"current":"prod","profiles":{
    "prod":{"server":"https://carillon.example","token":"prod-secret"},
    "lab":{"server":"lab:9000","tokenFile":"/secrets/lab"}}})";

// Asks for the version endpoint in the ways a user can and returns where the request went.
HttpClientOptions connection_of(FakeProcess& process, std::vector<const char*> words) {
  FakeServer server;
  server.answer("GET /readyz", 200, "{}");
  words.insert(words.begin(), "healthcheck");
  EXPECT_EQ(process.run(server, words), 0) << process.err;
  return process.connected_with;
}

TEST(ChooseEndpoint, without_a_word_is_the_local_server) {
  FakeProcess process;
  EXPECT_EQ(connection_of(process, {}).server, "http://127.0.0.1:8080");
}

TEST(ChooseEndpoint, prefers_flag_to_variable_to_profile) {
  FakeProcess process{.variables = {{"HOME", "/home/me"}},
                      .files = {{"/home/me/.config/carillon/config.json", kProfiles}}};
  EXPECT_EQ(connection_of(process, {}).server, "https://carillon.example");
  EXPECT_EQ(process.connected_with.token, "prod-secret");
  process.variables["CARILLON_SERVER"] = "http://other:1/";
  EXPECT_EQ(connection_of(process, {}).server, "http://other:1");
  EXPECT_EQ(connection_of(process, {"--server", "flag:2"}).server, "http://flag:2");
}

TEST(ChooseEndpoint, never_hands_the_token_of_a_profile_to_another_server) {
  FakeProcess process{.variables = {{"XDG_CONFIG_HOME", "/x"}},
                      .files = {{"/x/carillon/config.json", kProfiles}}};
  EXPECT_EQ(connection_of(process, {"--server", "http://stranger"}).token, "");
  EXPECT_EQ(connection_of(process, {"--server", "http://stranger", "--token", "t"}).token, "t");
}

TEST(ChooseEndpoint, reads_the_token_file_of_a_named_profile) {
  FakeProcess process{.variables = {{"XDG_CONFIG_HOME", "/x"}},
                      .files = {{"/x/carillon/config.json", kProfiles}, {"/secrets/lab", "s3\n"}}};
  EXPECT_EQ(connection_of(process, {"--profile", "lab"}).server, "http://lab:9000");
  EXPECT_EQ(process.connected_with.token, "s3");
}

TEST(ChooseEndpoint, refuses_unknown_profiles_and_addresses_that_are_none) {
  FakeServer server;
  FakeProcess process{.variables = {{"XDG_CONFIG_HOME", "/x"}},
                      .files = {{"/x/carillon/config.json", kProfiles}}};
  EXPECT_EQ(process.run(server, {"healthcheck", "--profile", "prd"}), 2);
  EXPECT_EQ(process.err, "Error: There is no profile 'prd'.\nHint: Did you mean prod?\n");
  for (const char* address : {"ftp://x", "http://", "http://a b", "http://:80", "x?y"}) {
    EXPECT_EQ(process.run(server, {"healthcheck", "--server", address}), 2) << address;
  }
  EXPECT_TRUE(server.requests.empty());
}

}  // namespace
}  // namespace carillon::cli
