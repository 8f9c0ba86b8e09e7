// For tests: a server that is a list of answers, and a process that is a pair of strings.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cli.h"

namespace carillon::cli {

// Answers calls such as "GET /api/v1/tasks" in the order they were set; the last answer of a call
// repeats. A call without an answer gets 404. Streams are read the same way.
class FakeServer {
 public:
  // The answer is returned for a test that sets more of it.
  RestAnswer& answer(const std::string& call, int status, std::string body, std::string etag = {}) {
    return answers_[call].emplace_back(
        RestAnswer{.status = status, .body = std::move(body), .etag = std::move(etag)});
  }
  void add_stream(std::vector<SseEvent> events) { streams_.push_back(std::move(events)); }

  RestAnswer next_answer(const RestRequest& request);
  CliResult<StreamEnd> play_stream(const RestRequest& request, const StreamHandler& handler);

  std::vector<RestRequest> requests;
  bool is_down = false;  // Then no request reaches it.

 private:
  std::map<std::string, std::deque<RestAnswer>> answers_;
  std::deque<std::vector<SseEvent>> streams_;
};

struct FakeProcess {
  std::map<std::string, std::string, std::less<>> variables;
  std::map<std::string, std::string, std::less<>> files;
  std::string typed_line;
  Device output = Device::pipe;
  Device input = Device::pipe;
  std::size_t columns = 0;
  Instant now = Instant::from_unix_ms(1'767'225'600'000);  // 2026-01-01T00:00:00Z
  ServerCommands server;

  std::string out;
  std::string err;
  HttpClientOptions connected_with;

  // Runs `carillon WORDS…` against the server and returns the exit code. Pauses advance `now`.
  int run(FakeServer& fake, std::vector<const char*> words);
};

}  // namespace carillon::cli
