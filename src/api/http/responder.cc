#include "api/http/responder.h"

#include <utility>

#include "api/http/problem.h"
#include "base/check.h"

namespace carillon::http {

void discard(const Answer& answer) {
  if (const auto* start = std::get_if<StreamStart>(&answer)) start->stream->on_gone();
}

Stream::Stream(std::shared_ptr<AnswerSink> sink, AnswerTicket ticket)
    : sink_(std::move(sink)),
      ticket_(ticket),
      pending_bytes_max_(sink_->stream_pending_bytes_max()) {}

StreamState Stream::write(std::string bytes) {
  // An empty chunk would end a chunked body.
  if (bytes.empty() || state() == StreamState::gone) return state();
  const std::size_t framed = framed_bytes(bytes.size());
  if (pending_bytes_.fetch_add(framed) + framed > pending_bytes_max_) {
    on_gone();
    sink_->deliver(ticket_, StreamCut{});
    return StreamState::gone;
  }
  sink_->deliver(ticket_, StreamChunk{std::move(bytes)});
  return state();
}

void Stream::finish() {
  if (state() == StreamState::gone) return;
  on_gone();
  sink_->deliver(ticket_, StreamEnd{});
}

StreamState Stream::state() const { return state_.load(); }

void Stream::when_gone(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (state() == StreamState::open) {
      when_gone_ = std::move(callback);
      return;
    }
  }
  callback();
}

void Stream::on_bytes_sent(std::size_t bytes) { pending_bytes_.fetch_sub(bytes); }

void Stream::on_gone() {
  std::function<void()> callback;
  {
    const std::lock_guard lock(mutex_);
    state_ = StreamState::gone;
    callback = std::exchange(when_gone_, nullptr);
  }
  if (callback) callback();
}

std::size_t Stream::framed_bytes(std::size_t payload_bytes) {
  std::size_t digits = 1;
  for (std::size_t rest = payload_bytes >> 4; rest != 0; rest >>= 4) ++digits;
  return digits + 2 + payload_bytes + 2;  // size CRLF payload CRLF
}

Responder::Responder(std::shared_ptr<AnswerSink> sink, AnswerTicket ticket)
    : sink_(std::move(sink)), ticket_(ticket) {}

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    Responder dropped(std::move(*this));
    sink_ = std::move(other.sink_);
    ticket_ = other.ticket_;
  }
  return *this;
}

Responder::~Responder() {
  if (!sink_) return;
  send(problem(
      {.code = ErrorCode::internal, .message = "The request was dropped without an answer."}, {}));
}

void Responder::send(Response response) { take_sink()->deliver(ticket_, std::move(response)); }

std::shared_ptr<Stream> Responder::open_stream(Response head) {
  const std::shared_ptr<AnswerSink> sink = take_sink();
  auto stream = std::make_shared<Stream>(sink, ticket_);
  sink->deliver(ticket_, StreamStart{.head = std::move(head), .stream = stream});
  return stream;
}

std::shared_ptr<AnswerSink> Responder::take_sink() {
  CARILLON_CHECK(sink_ != nullptr, "a responder answers exactly once");
  return std::exchange(sink_, nullptr);
}

}  // namespace carillon::http
