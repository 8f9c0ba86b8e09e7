// A server on a free port for one test, and handlers that tests can steer.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "api/http/server.h"
#include "raw_client.h"

namespace carillon::http {

// A request line with the fields that every request needs.
std::string plain_get(std::string_view target);
std::string plain_post(std::string_view target, std::string_view body);

// Waits until the condition holds; false after 20 s.
bool eventually(const std::function<bool()>& condition);

// Collects requests instead of answering, so that a test decides when and in which order.
class HeldRequests {
 public:
  struct Held {
    Request request;
    Responder responder;
  };

  Handler handler();

  // Takes `count` requests once that many are there.
  std::vector<Held> take(std::size_t count);
  std::size_t count();

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Held> held_;
};

class ServerTest : public testing::Test {
 protected:
  // Listens and serves.
  void serve(Handler handler, Limits limits = {});

  // Answers with method, target and body, so that a test sees what arrived.
  static void echo(Request&& request, Responder responder);

  RawClient connect() { return RawClient(server_->port()); }

  // Sends a request and takes it from those that are held.
  HeldRequests::Held ask(RawClient& client, std::string_view target = "/");

  // Before the server, so that its handler never outlives what it uses.
  HeldRequests held_;
  std::unique_ptr<Server> server_;
};

}  // namespace carillon::http
