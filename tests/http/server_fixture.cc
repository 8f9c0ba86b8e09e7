#include "server_fixture.h"

#include <chrono>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace carillon::http {

std::string plain_get(std::string_view target) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", target);
}

std::string plain_post(std::string_view target, std::string_view body) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{}", target,
                     body.size(), body);
}

bool eventually(const std::function<bool()>& condition) {
  using namespace std::chrono;
  const auto end = steady_clock::now() + seconds(20);
  while (!condition()) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return true;
}

Handler HeldRequests::handler() {
  return [this](Request&& request, Responder responder) {
    const std::lock_guard lock(mutex_);
    held_.push_back({.request = std::move(request), .responder = std::move(responder)});
    arrived_.notify_all();
  };
}

std::vector<HeldRequests::Held> HeldRequests::take(std::size_t count) {
  std::unique_lock lock(mutex_);
  const bool all =
      arrived_.wait_for(lock, std::chrono::seconds(20), [&] { return held_.size() >= count; });
  EXPECT_TRUE(all) << "only " << held_.size() << " requests came";
  return std::exchange(held_, {});
}

std::size_t HeldRequests::count() {
  const std::lock_guard lock(mutex_);
  return held_.size();
}

void ServerTest::serve(Handler handler, Limits limits) {
  auto server = Server::listen({.listen = "127.0.0.1:0", .threads = 2, .limits = limits});
  ASSERT_TRUE(server.has_value()) << server.error().message;
  server_ = std::move(*server);
  server_->serve(std::move(handler));
}

HeldRequests::Held ServerTest::ask(RawClient& client, std::string_view target) {
  client.send(plain_get(target));
  return std::move(held_.take(1).front());
}

void ServerTest::echo(Request&& request, Responder responder) {
  responder.send(
      Response{.content_type = "text/plain",
               .body = fmt::format("{} {} {}", request.method_text, request.target, request.body)});
}

}  // namespace carillon::http
