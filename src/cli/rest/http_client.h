// HttpClient: the REST port over libcurl. Adapter; one thread, one connection reused between calls.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/instant.h"
#include "cli/rest/rest_port.h"

namespace carillon::cli {

struct HttpClientOptions {
  std::string server;  // As normal_server_url gives it.
  std::string token;   // Sent as a bearer token; empty for none.
  Duration connect_limit = Duration::seconds(5);
  Duration answer_limit = Duration::seconds(60);  // Of a whole answer; streams have none.
  std::function<bool()> interrupted;              // Asked several times per second; may be empty.
};

class HttpClient final : public RestPort {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient() override;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  CliResult<RestAnswer> send(const RestRequest& request) override;
  CliResult<StreamEnd> stream(const RestRequest& request, const StreamHandler& handler) override;

 private:
  struct Connection;
  HttpClientOptions options_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace carillon::cli
