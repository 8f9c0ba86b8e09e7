// The HTTP transport alone: answers every request with 80 bytes, whatever it is. For wrk:
//   build/bench/http_echo 127.0.0.1:8099 &
//   wrk -t2 -c128 -d8 -s bench/http_echo.lua http://127.0.0.1:8099/ -- 1    (or 16: pipelined)
#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "api/http/server.h"

int main(int argc, char** argv) {
  using namespace carillon;
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGINT);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);

  auto server = http::Server::listen({.listen = argc > 1 ? argv[1] : "127.0.0.1:0", .threads = 2});
  if (!server) {
    fmt::print(stderr, "{} {}\n", server.error().message, server.error().hint);
    return 1;
  }
  const std::string body(80, 'x');
  (*server)->serve([body](http::Request&&, http::Responder responder) {
    responder.send(http::Response{.body = body});
  });
  fmt::print("http://{}/\n", (*server)->address());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&stop_signals, &signal);
  (*server)->stop(Duration::seconds(1));
  fmt::print("{} requests\n", (*server)->counts().requests_total);
  return 0;
}
