// The door to a carillon server: one request and its answer, or an endless event stream.
//
// Port: HttpClient implements it over libcurl, tests with a table of answers. One thread.
// The world may be silent, slow, speak another protocol, or close a stream at any moment.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/failure.h"
#include "cli/rest/sse_parser.h"

namespace carillon::cli {

enum class Method : std::uint8_t { get, post, put, patch, delete_ };

std::string_view method_word(Method method);

struct RestRequest {
  Method method = Method::get;
  std::string path;  // Absolute, percent-encoded, with the query: /api/v1/tasks?pageSize=50
  std::string body;  // JSON; empty for none.
  std::vector<std::pair<std::string, std::string>> headers;
};

struct RestAnswer {
  int status = 0;
  std::string body;
  std::string etag;
  std::string run;  // Carillon-Run: the run that the request made; empty for none.
};

enum class StreamStep : std::uint8_t { go_on, stop };

struct StreamHandler {
  // Called once when the server has accepted the stream: what happens from now on will be reported.
  std::function<StreamStep()> opened;
  std::function<StreamStep(const SseEvent&)> event;
};

// Why a stream came to its end.
enum class StreamEnd : std::uint8_t { stopped, closed_by_server };

class RestPort {
 public:
  virtual ~RestPort() = default;

  // Sends the request and returns whatever the server answered, also when it refused.
  //
  // Errors  unreachable  no server took the request; nothing was done
  //         failed       the answer broke off: it is not known whether the request was done
  //         timed_out, interrupted  the same
  virtual CliResult<RestAnswer> send(const RestRequest& request) = 0;

  // Reads server-sent events until a handler answers stop or the server closes.
  //
  // Errors  as send; a refusal (any status but 200) is the problem of its answer
  virtual CliResult<StreamEnd> stream(const RestRequest& request, const StreamHandler& handler) = 0;
};

}  // namespace carillon::cli
