// Responder and Stream: the ways to answer a request, now or later, from any thread.
//
// Handles on a connection that may be gone at any time; what is sent to a gone client is dropped.
// The transport implements AnswerSink; a handler's test can bring its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "api/http/response.h"
#include "base/strong_id.h"
#include "ports/work_queue.h"

namespace carillon::http {

// The place of an answer in its connection's order: 0 is the first request.
using AnswerTicket = StrongId<std::uint64_t, struct AnswerTicketTag>;

class Stream;

struct StreamStart {
  Response head;
  std::shared_ptr<Stream> stream;
};
struct StreamChunk {
  std::string bytes;
};
struct StreamEnd {};
struct StreamCut {};  // The reader was too slow; the connection is closed as it is.

using Answer = std::variant<Response, StreamStart, StreamChunk, StreamEnd, StreamCut>;

// For the transport: drops an answer that cannot be delivered; the producer of a stream that would
// have begun with it learns that its client is gone.
void discard(const Answer& answer);

// Where answers go. Thread-safe: any thread delivers.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;

  // Takes one answer, or one piece of a streamed one, for the request of that ticket.
  //
  // Guarantees  pieces of one ticket that come from one thread keep their order.
  virtual void deliver(AnswerTicket ticket, Answer answer) = 0;

  // Where an answer can be made without a further hop to be sent; none if there is no such place.
  // Lives at least as long as the sink.
  virtual WorkQueue* home() { return nullptr; }

  // The bytes that a stream may hold back for a slow reader.
  [[nodiscard]] virtual std::size_t stream_pending_bytes_max() const = 0;
};

enum class StreamState : std::uint8_t { open, gone };

// The producer's end of a streamed answer. Thread-safe.
class Stream {
 public:
  Stream(std::shared_ptr<AnswerSink> sink, AnswerTicket ticket);

  // Sends one piece, as one chunk where the client speaks HTTP/1.1.
  //
  // Guarantees  gone is final. A piece that would exceed the bound on held back bytes cuts the
  //             client off, so a slow reader costs bounded memory.
  StreamState write(std::string bytes);

  // Ends the answer; the connection goes on with the next request. Repeating it is a no-op.
  void finish();

  [[nodiscard]] StreamState state() const;

  // The framed bytes that were written and have not left yet, so that a producer can pace itself.
  [[nodiscard]] std::size_t pending_bytes() const { return pending_bytes_.load(); }

  // Calls back once, when the client is gone or the stream was finished or cut; at once if that has
  // happened. The call comes on an I/O thread or inside write, finish or this function: do not
  // block.
  void when_gone(std::function<void()> callback);

  // For the transport: that many framed bytes left, and: nothing can be sent any more.
  void on_bytes_sent(std::size_t bytes);
  void on_gone();

  // The bytes that a piece takes on the wire, its framing included.
  static std::size_t framed_bytes(std::size_t payload_bytes);

 private:
  std::shared_ptr<AnswerSink> sink_;
  AnswerTicket ticket_;
  std::size_t pending_bytes_max_;
  std::atomic<std::size_t> pending_bytes_ = 0;
  std::atomic<StreamState> state_ = StreamState::open;
  std::mutex mutex_;
  std::function<void()> when_gone_;
};

// The right to answer one request, exactly once. Movable; dropped unused, it answers 500.
class Responder {
 public:
  Responder(std::shared_ptr<AnswerSink> sink, AnswerTicket ticket);
  Responder(Responder&& other) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  ~Responder();

  // Answers.
  //
  // Guarantees  answers of one connection leave in the order of its requests.
  // Requires    nothing was sent by this responder before.
  void send(Response response);

  // AnswerSink::home of where the answer goes.
  //
  // Requires  nothing was sent by this responder before.
  [[nodiscard]] WorkQueue* home() const { return sink_->home(); }

  // Answers with a body that follows piece by piece; the response's own body is the first piece.
  //
  // Requires  nothing was sent by this responder before.
  std::shared_ptr<Stream> open_stream(Response head);

 private:
  std::shared_ptr<AnswerSink> take_sink();

  std::shared_ptr<AnswerSink> sink_;
  AnswerTicket ticket_;
};

}  // namespace carillon::http
