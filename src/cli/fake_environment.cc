#include "cli/fake_environment.h"

#include <utility>

#include <fmt/format.h>

namespace carillon::cli {
namespace {

class FakePort final : public RestPort {
 public:
  explicit FakePort(FakeServer& server) : server_(server) {}

  CliResult<RestAnswer> send(const RestRequest& request) override {
    if (server_.is_down) return give_up(ExitCode::unreachable, "No carillon answers at X.");
    return server_.next_answer(request);
  }

  CliResult<StreamEnd> stream(const RestRequest& request, const StreamHandler& handler) override {
    return server_.play_stream(request, handler);
  }

 private:
  FakeServer& server_;
};

}  // namespace

RestAnswer FakeServer::next_answer(const RestRequest& request) {
  requests.push_back(request);
  const auto found = answers_.find(fmt::format("{} {}", method_word(request.method), request.path));
  if (found == answers_.end()) {
    return {.status = 404, .body = R"({"code":"not-found","detail":"There is no such thing."})"};
  }
  RestAnswer answer = found->second.front();
  if (found->second.size() > 1) found->second.pop_front();
  return answer;
}

CliResult<StreamEnd> FakeServer::play_stream(const RestRequest& request,
                                             const StreamHandler& handler) {
  requests.push_back(request);
  if (streams_.empty()) return give_up(ExitCode::unreachable, "The fake has no stream left.");
  const std::vector<SseEvent> events = std::move(streams_.front());
  streams_.pop_front();
  if (handler.opened() == StreamStep::stop) return StreamEnd::stopped;
  for (const SseEvent& event : events) {
    if (handler.event(event) == StreamStep::stop) return StreamEnd::stopped;
  }
  return StreamEnd::closed_by_server;
}

int FakeProcess::run(FakeServer& fake, std::vector<const char*> words) {
  CliEnvironment environment{
      .out = [this](std::string_view text) { out += text; },
      .err = [this](std::string_view text) { err += text; },
      .read_line = [this] { return std::optional(typed_line); },
      .read_file = [this](std::string_view path) -> CliResult<std::string> {
        const auto found = files.find(path);
        if (found != files.end()) return found->second;
        return give_up(ExitCode::usage, fmt::format("The file '{}' cannot be read.", path));
      },
      .variable = [this](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
      },
      .now = [this] { return now; },
      .pause = [this](Duration span) { now = now + span; },
      .catch_interrupts = [] {},
      .interrupted = [] { return false; },
      .connect = [this, &fake](HttpClientOptions options) -> std::unique_ptr<RestPort> {
        connected_with = std::move(options);
        return std::make_unique<FakePort>(fake);
      },
      .output = output,
      .input = input,
      .columns = columns,
      .server = server};
  return cli::run(words, environment);
}

}  // namespace carillon::cli
