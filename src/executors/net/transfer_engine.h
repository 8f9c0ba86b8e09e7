// TransferEngine: one thread that carries many HTTP requests and mails at once, by libcurl.
//
// One request is one hop: redirects are the caller's, so that each is judged like a first request.
// Any thread submits. Callbacks run on the engine's thread and must not block. No proxy, netrc or
// other setting is taken from the environment.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "base/strong_id.h"
#include "executors/net/address_guard.h"

namespace carillon {

// Where a URL comes from. Only the operator's own may lead anywhere.
enum class Trust : std::uint8_t { task, configuration };

struct MailEnvelope {
  std::string from;
  std::vector<std::string> to;
  std::string user;  // Empty: no login.
  std::string password;
};

struct TransferRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Duration timeout = Duration::seconds(30);
  std::size_t answer_bytes = 1 << 20;  // What comes after is not read.
  Trust trust = Trust::task;
  std::optional<MailEnvelope> mail;  // Makes it an SMTP delivery of `body`.
};

enum class AnswerBody : std::uint8_t { whole, cut };

struct TransferAnswer {
  long status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // Names in lower case.
  std::string body;
  AnswerBody extent = AnswerBody::whole;
  std::string redirect_url;  // Absolute; empty unless the status is a redirect with a location.
};

enum class TransferFault : std::uint8_t {
  aborted,
  timed_out,
  refused,      // The address may not be reached.
  bad_request,  // The URL or a header cannot be sent.
  unreachable,  // Name, connection, TLS.
  broken,       // The conversation failed after it began.
};

struct TransferFailure {
  TransferFault fault = TransferFault::broken;
  std::string message;
};

using TransferResult = std::expected<TransferAnswer, TransferFailure>;
using TransferId = StrongId<std::uint64_t, struct TransferIdTag>;
using OnTransfer = std::function<void(TransferResult)>;

class TransferEngine {
 public:
  explicit TransferEngine(AddressGuard guard);
  TransferEngine(const TransferEngine&) = delete;
  TransferEngine& operator=(const TransferEngine&) = delete;

  // Aborts what runs; every callback has been called when it returns.
  ~TransferEngine();

  // Guarantees  the callback is called exactly once
  TransferId submit(TransferRequest request, OnTransfer on_end);

  // Ends a transfer early with `aborted`. One that has ended already is not touched.
  void abort(TransferId id);

  // What it judges addresses by.
  [[nodiscard]] const AddressGuard& guard() const { return guard_; }

  // Runs work on the engine's thread, in the order of the calls.
  void post(std::function<void()> work);

  // Waits until everything posted before has run.
  //
  // Requires  not called on the engine's thread
  void flush();

 private:
  struct Transfer;
  struct Multi;

  void serve();
  void run_posted();
  void add(std::unique_ptr<Transfer> transfer);
  void reap();
  void finish(TransferId id, int code);

  const AddressGuard guard_;
  std::unique_ptr<Multi> multi_;
  std::mutex mutex_;
  std::deque<std::function<void()>> posted_;
  std::uint64_t last_id_ = 0;
  enum class Life : std::uint8_t { open, closing } life_ = Life::open;
  std::unordered_map<TransferId, std::unique_ptr<Transfer>> running_;  // The engine's thread only.
  std::thread thread_;
};

}  // namespace carillon
