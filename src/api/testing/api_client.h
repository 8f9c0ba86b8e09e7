// ApiClient: for tests only. Sends requests to an Api in memory and waits for what comes back.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "api/api.h"
#include "api/testing/fake_gateway.h"

namespace carillon::api::testing {

// A clock that stands still; no handler decides anything by it.
class StillClock final : public Clock {
 public:
  [[nodiscard]] Instant wall() const override { return Instant::from_unix_ms(0); }
  [[nodiscard]] std::int64_t monotonic_ns() const override { return 0; }
};

class RecordingObserver final : public RequestObserver {
 public:
  void on_answered(const RequestReport& report) override;
  [[nodiscard]] std::string exposition() const override { return "http_up 1\n"; }
  [[nodiscard]] RequestReport last() const;

 private:
  mutable std::mutex mutex_;
  RequestReport last_;
};

enum class Reading : std::uint8_t { eagerly, never };

// One answer, whole or streamed, as it comes in.
class AnswerBox final : public http::AnswerSink {
 public:
  explicit AnswerBox(Reading reading = Reading::eagerly) : reading_(reading) {}

  void deliver(http::AnswerTicket ticket, http::Answer answer) override;
  [[nodiscard]] std::size_t stream_pending_bytes_max() const override { return 1024 * 1024; }

  // Waits for the whole answer, or for the head of a stream. Stops the test program after a minute.
  http::Response wait();
  // Waits until the streamed body holds the text, or has ended; returns all of it.
  std::string wait_for_text(std::string_view text);
  // Waits until the stream has ended; returns its body.
  std::string wait_for_end();
  // The client goes away.
  void hang_up();

 private:
  const Reading reading_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<http::Response> response_;
  std::shared_ptr<http::Stream> stream_;
  std::string streamed_;
  bool ended_ = false;
};

struct Sent {
  std::string_view method = "GET";
  std::string target;
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string remote_address = "127.0.0.1";
};

class ApiClient {
 public:
  explicit ApiClient(ApiOptions options = {});

  http::Response send(const Sent& sent);
  std::shared_ptr<AnswerBox> open(const Sent& sent, Reading reading = Reading::eagerly);
  // Sends JSON and returns the answer.
  http::Response post(std::string target, std::string body) {
    return send({.method = "POST",
                 .target = std::move(target),
                 .body = std::move(body),
                 .headers = {{"Content-Type", "application/json"}}});
  }
  http::Response get(std::string target) { return send({.target = std::move(target)}); }

  FakeGateway gateway;
  StillClock clock;
  RecordingObserver observer;
  Api api;
};

// The body as JSON; null if it is none.
boost::json::value json_of(const http::Response& response);

// A member by JSON pointer as text; "(missing)" when there is none.
std::string text_at(const boost::json::value& value, std::string_view pointer);
std::string text_at(const http::Response& response, std::string_view pointer);

}  // namespace carillon::api::testing
