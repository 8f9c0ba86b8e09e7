// Server: HTTP/1.1 over TCP, N threads, each with its own listening socket and event loop.
//
// It frames, bounds and times requests and answers in order; what they mean is the handler's
// affair. Any thread may call; stop and the destructor not from a handler. TLS and HTTP/2 are not
// built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/http/request.h"
#include "api/http/responder.h"
#include "base/instant.h"
#include "base/result.h"

namespace carillon::http {

// Bounds on what a client may take. What exceeds one is answered as named, then closed.
struct Limits {
  std::size_t header_bytes_max = 16 * 1024;          // 431
  std::size_t body_bytes_max = 1024 * 1024;          // 413
  Duration header_time_max = Duration::seconds(10);  // 408, from the first byte of a request
  // A body must bring at least this many bytes within each window of this length; 408.
  std::size_t body_bytes_per_window_min = 8 * 1024;
  Duration body_window = Duration::seconds(10);
  Duration idle_time_max = Duration::seconds(60);         // between requests; closed without a word
  Duration write_stall_time_max = Duration::seconds(30);  // a client that reads nothing; closed
  // Answers that wait to be read, of all connections together. While there are more, a client that
  // reads nothing has only the shorter time, and of that half with twice as much unread.
  std::size_t unread_bytes_max = 256 * 1024 * 1024;
  Duration crowded_stall_time_max = Duration::seconds(1);
  std::size_t connections_max = 10'000;             // 503
  std::size_t connections_per_address_max = 4'000;  // 503
  std::size_t pipelined_max = 64;  // unanswered requests; no more are read meanwhile
  std::size_t stream_pending_bytes_max = 1024 * 1024;  // a slow reader of a stream is cut off
};

struct ServerOptions {
  // `127.0.0.1:8080`, `localhost:8080`, `[::1]:8080`, `:8080` (loopback); port 0 is any free port.
  std::string listen = "127.0.0.1:8080";
  unsigned threads = 2;
  Limits limits = {};
};

// Called on an I/O thread, so it must not block; it answers at once or hands the responder on.
// What it throws is answered with 500.
using Handler = std::function<void(Request&&, Responder)>;

struct ServerCounts {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_refused_total = 0;
  std::uint64_t requests_total = 0;
};

class Server {
 public:
  // Takes the port, before anything else is done. Clients can connect from now on and wait.
  //
  // Errors  invalid_value  listen cannot be read; the hint shows the forms
  //         unavailable    the port is taken (the message names who holds it, where that can be
  //                        seen) or may not be used; the hint is an option that works
  static Result<std::unique_ptr<Server>> listen(ServerOptions options);

  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Starts the threads and returns.
  //
  // Requires  it was not called before.
  void serve(Handler handler);

  [[nodiscard]] std::uint16_t port() const;

  // The address as clients write it: `127.0.0.1:41234` or `[::1]:41234`.
  [[nodiscard]] std::string address() const;

  // Stops accepting, lets requests in flight finish until the deadline, ends streams, closes.
  // Answers sent meanwhile carry Connection: close. Returns when the threads have ended.
  void stop(Duration deadline);

  [[nodiscard]] ServerCounts counts() const;

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace carillon::http
