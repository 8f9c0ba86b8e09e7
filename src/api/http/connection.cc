#include "api/http/connection.h"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "api/http/io_thread.h"
#include "api/http/problem.h"

namespace carillon::http {
namespace {

// How long a client may take to read the last answer and close. Closing at once would let the
// kernel reset the connection over unread input and throw the answer away.
constexpr std::int64_t kLingerMs = 2'000;
// A buffer that grew beyond this for one large answer is given back.
constexpr std::size_t kOutputKeptBytes = 64 * 1024;

struct Refusal {
  std::uint16_t status;
  ErrorCode code;
  std::string_view hint;
};

constexpr std::array kRefusals{
    Refusal{400, ErrorCode::malformed_request, "Send the request as RFC 9112 says."},
    Refusal{408, ErrorCode::timed_out, "Send the request again without pauses."},
    Refusal{413, ErrorCode::body_too_large, "Split the request into smaller ones."},
    Refusal{431, ErrorCode::header_too_large, "Send fewer or shorter header fields."},
    Refusal{503, ErrorCode::unavailable, "Reuse connections, or try again shortly."},
    Refusal{505, ErrorCode::malformed_request, "Use HTTP/1.1, for example curl --http1.1."},
};

Error error_of(const FramingViolation& violation) {
  for (const Refusal& refusal : kRefusals) {
    if (refusal.status != violation.status) continue;
    return {.code = refusal.code,
            .message = std::string(violation.detail),
            .hint = std::string(refusal.hint)};
  }
  return {.message = std::string(violation.detail)};
}

// How long a client may read nothing while so much is unread in all: the more, the shorter, because
// answers go on being made meanwhile.
std::int64_t crowded_patience_ms(const Limits& limits, std::size_t unread) {
  const double crowd = static_cast<double>(limits.unread_bytes_max) / static_cast<double>(unread);
  return static_cast<std::int64_t>(static_cast<double>(limits.crowded_stall_time_max.ms()) * crowd);
}

}  // namespace

Connection::Connection(std::shared_ptr<IoThread> thread, Transport transport,
                       std::string remote_address)
    : thread_(std::move(thread)),
      transport_(std::move(transport)),
      remote_address_(std::move(remote_address)),
      parser_(thread_->shared().limits.body_bytes_max) {}

void Connection::start(Admission admission) {
  admission_ = admission;
  switch (admission) {
    case Admission::admitted:
      request_due_ms_ = IoThread::now_ms() + thread_->shared().limits.header_time_max.ms();
      break;
    case Admission::full:
      refuse({.status = 503, .detail = "The server has as many connections as it may."});
      break;
    case Admission::address_full:
      refuse({.status = 503, .detail = "This address has as many connections as it may."});
      break;
  }
  pump();
}

void Connection::deliver(AnswerTicket ticket, Answer answer) {
  // Whole answers have no order among themselves, so on the thread itself they take the short way.
  // Pieces of a stream may follow others that are still in the mail.
  if (std::holds_alternative<Response>(answer) && thread_->is_current()) {
    take(ticket, std::move(answer));
    if (!thread_->pump_later(*this)) pump();
    return;
  }
  thread_->mail(shared_from_this(), ticket, std::move(answer));
}

WorkQueue* Connection::home() { return thread_.get(); }

std::size_t Connection::stream_pending_bytes_max() const {
  return thread_->shared().limits.stream_pending_bytes_max;
}

void Connection::take(AnswerTicket ticket, Answer answer) {
  if (closed_) {
    discard(answer);
    return;
  }
  if (answers_.take(ticket, std::move(answer)) == AfterDrain::close) close();
}

void Connection::pump() {
  if (closed_ || pumping_) return;
  const auto self = shared_from_this();
  pumping_ = true;
  do {
    parse();
    write_ready();
  } while (!closed_ && intake_ == Intake::header && waiting_for_room_ && has_room());
  pumping_ = false;
  // The client of a stream that closes its side does not listen any more.
  if (input_ended_ && answers_.is_streaming()) close();
  settle();
}

void Connection::begin_drain() {
  if (closed_ || output_state_ == Output::lingering) return;
  const auto self = shared_from_this();
  draining_ = true;
  pumping_ = true;  // What the streams' producers do now waits for the pump below.
  answers_.finish_streams();
  pumping_ = false;
  if (!answers_.empty()) {
    answers_.close_after_newest();
    intake_ = Intake::ended;
    continue_owed_ = false;
  } else if (intake_ == Intake::ended || (input_.empty() && intake_ == Intake::header)) {
    if (output_.empty()) {
      close();
      return;
    }
    last_gathered_ = true;
    intake_ = Intake::ended;
  }
  // Otherwise a request is on its way; dispatch() makes it the last one.
  pump();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  const auto self = shared_from_this();
  thread_->set_deadline(*this, IoThread::kNever);
  transport_.close();
  if (admission_ == Admission::admitted) thread_->shared().census.leave(remote_address_);
  thread_->forget(*this);
  answers_.abandon();
  output_.clear();
  output_written_ = 0;
  count_unread();
}

void Connection::parse() {
  while (!closed_ && intake_ != Intake::ended) {
    if (intake_ == Intake::body) {
      if (!read_body()) return;
      continue;
    }
    waiting_for_room_ = !has_room();
    if (waiting_for_room_ || !read_header()) return;
  }
}

// Returns true when a header section was read; false when more bytes are needed.
bool Connection::read_header() {
  // RFC 9112, section 2.2: an empty line before a request is forgiven, old clients send one after a
  // body.
  if (header_seen_ == 0 && input_.unused().starts_with("\r\n")) input_.use(2);
  const std::string_view bytes = input_.unused();
  if (bytes.empty() || bytes == "\r") return false;

  const std::size_t bytes_max = thread_->shared().limits.header_bytes_max;
  const HeaderSearch search = find_header_end(bytes, header_seen_);
  if (const auto* broken = std::get_if<FramingViolation>(&search)) {
    refuse(*broken);
    return false;
  }
  const auto* end = std::get_if<HeaderEnd>(&search);
  if ((end != nullptr ? end->bytes : bytes.size()) > bytes_max) {
    refuse({.status = 431, .detail = "The header section is over the limit of this server."});
    return false;
  }
  if (end == nullptr) {
    header_seen_ = bytes.size();
    return false;
  }
  const std::string_view header = bytes.substr(0, end->bytes);
  const auto facts = check_header(header);
  if (!facts) {
    refuse(facts.error());
    return false;
  }
  begin_request(header, *facts);
  return true;
}

void Connection::begin_request(std::string_view header, const HeaderFacts& facts) {
  const auto begun = parser_.begin(header, facts);
  if (!begun) {
    refuse(begun.error());
    return;
  }
  form_ = {.method = method_from_text(facts.method),
           .version = facts.version,
           .persistence = facts.persistence};
  header_seen_ = 0;
  request_due_ms_ = 0;
  input_.use(header.size());
  if (parser_.is_done()) {
    dispatch();
    return;
  }
  intake_ = Intake::body;
  body_in_window_ = input_.unused().size();
  request_due_ms_ = IoThread::now_ms() + thread_->shared().limits.body_window.ms();
  // A client whose body is here already waits for nothing.
  continue_owed_ = facts.expectation == Expectation::continue_100 && input_.empty();
}

// Returns true when the request is complete; false when more bytes are needed.
bool Connection::read_body() {
  if (input_.empty()) return false;
  const auto used = parser_.feed(input_.unused());
  if (!used) {
    refuse(used.error());
    return false;
  }
  input_.use(*used);
  if (!parser_.is_done()) return false;
  dispatch();
  return true;
}

void Connection::dispatch() {
  Request request = parser_.take();
  request.remote_address = remote_address_;
  const auto given = request.headers.find("X-Request-Id");
  request.id =
      given && is_sane_request_id(*given) ? std::string(*given) : thread_->next_request_id();
  form_.request_id = request.id;
  if (draining_) form_.persistence = Persistence::close;
  intake_ = form_.persistence == Persistence::close ? Intake::ended : Intake::header;
  continue_owed_ = false;
  request_due_ms_ = 0;
  thread_->count_request();
  const AnswerTicket ticket = answers_.open(std::move(form_));
  try {
    thread_->shared().handler(std::move(request), Responder(shared_from_this(), ticket));
  } catch (const std::exception&) {
    // The responder was dropped on the way out, so the client has its 500; the loop must live.
  }
}

void Connection::refuse(const FramingViolation& violation) {
  intake_ = Intake::ended;
  continue_owed_ = false;
  const std::string id = thread_->next_request_id();
  Error error = error_of(violation);
  if (error.code == ErrorCode::body_too_large) {
    error.hint = fmt::format("At most {} bytes are taken. {}",
                             thread_->shared().limits.body_bytes_max, error.hint);
  }
  Response response = problem(error, {.request_id = id, .status = violation.status});
  response.after = AfterAnswer::close;
  // Requests before this one are still answered first.
  answers_.take(answers_.open({.persistence = Persistence::close, .request_id = id}),
                std::move(response));
}

void Connection::read_more() {
  reading_ = true;
  transport_.read(input_.room(),
                  [self = shared_from_this()](boost::system::error_code error, std::size_t count) {
                    self->reading_ = false;
                    if (self->closed_) return;
                    if (error == asio::error::eof) {
                      self->on_input_end();
                    } else if (error) {
                      self->close();
                    } else {
                      self->on_read(count);
                    }
                  });
}

void Connection::on_read(std::size_t count) {
  input_.filled(count);
  if (intake_ == Intake::ended) input_.use(input_.unused().size());
  if (intake_ == Intake::body) body_in_window_ += count;
  pump();
}

void Connection::on_input_end() {
  input_ended_ = true;
  intake_ = Intake::ended;  // A request that was cut short is not executed.
  if (output_state_ == Output::lingering || (answers_.empty() && output_.empty())) {
    close();
    return;
  }
  // The client may have closed its side only; it still gets the answers it asked for.
  if (answers_.empty()) {
    last_gathered_ = true;
  } else {
    answers_.close_after_newest();
  }
  pump();
}

bool Connection::wants_input() const {
  if (reading_ || input_ended_) return false;
  if (output_state_ == Output::lingering) return true;
  // To notice that the client of a stream has gone.
  if (intake_ == Intake::ended) return answers_.is_streaming();
  return intake_ == Intake::body || !waiting_for_room_;
}

// A client that does not read its answers gets no more requests read.
bool Connection::has_room() const {
  return answers_.size() < thread_->shared().limits.pipelined_max && output_state_ == Output::open;
}

void Connection::write_ready() {
  while (!closed_ && output_state_ == Output::open) {
    if (output_.empty()) gather();
    if (output_.empty() || !write_out()) return;
    if (last_gathered_) begin_linger();
  }
}

// Collects all answers whose turn it is, so that they leave in one write.
void Connection::gather() {
  if (answers_.drain(output_, thread_->date()) == AfterDrain::close) {
    last_gathered_ = true;
    intake_ = Intake::ended;
    continue_owed_ = false;
  }
  if (!continue_owed_ || !answers_.empty()) return;
  continue_owed_ = false;
  output_ += "HTTP/1.1 100 Continue\r\n\r\n";
  body_in_window_ = 0;
  request_due_ms_ = IoThread::now_ms() + thread_->shared().limits.body_window.ms();
}

// Returns true when all is written; false when the client must read first, or is gone.
bool Connection::write_out() {
  while (output_written_ < output_.size()) {
    const Written written = transport_.write(std::string_view(output_).substr(output_written_));
    switch (written.step) {
      case WriteStep::wrote:
        output_written_ += written.bytes;
        break;
      case WriteStep::blocked:
        wait_writable();
        return false;
      case WriteStep::failed:
        close();
        return false;
    }
  }
  output_written_ = 0;
  output_.clear();
  if (output_.capacity() > kOutputKeptBytes) output_.shrink_to_fit();
  answers_.on_written();
  return true;
}

// Brings the count of all connections up to date and returns it.
std::size_t Connection::count_unread() {
  const std::size_t unread = output_.size() - output_written_ + answers_.waiting_bytes();
  const std::size_t change = unread - unread_counted_;  // Wraps when it is less, as the sum does.
  unread_counted_ = unread;
  return thread_->shared().unread_bytes.fetch_add(change, std::memory_order_relaxed) + change;
}

void Connection::wait_writable() {
  output_state_ = Output::blocked;
  output_due_ms_ = IoThread::now_ms() + thread_->shared().limits.write_stall_time_max.ms();
  transport_.wait_writable([self = shared_from_this()](boost::system::error_code error) {
    if (self->closed_) return;
    if (error) {
      self->close();
      return;
    }
    self->output_state_ = Output::open;
    self->pump();
  });
}

void Connection::begin_linger() {
  answers_.abandon();
  transport_.end_output();
  if (input_ended_) {
    close();
    return;
  }
  intake_ = Intake::ended;
  output_state_ = Output::lingering;
  output_due_ms_ = IoThread::now_ms() + kLingerMs;
  input_.use(input_.unused().size());
}

// Waits for the next event: more input, or the end of the client's time.
void Connection::settle() {
  if (closed_) return;
  if (wants_input()) read_more();
  const std::int64_t now = IoThread::now_ms();
  const Limits& limits = thread_->shared().limits;
  const std::size_t unread = count_unread();
  if (unread > limits.unread_bytes_max && output_state_ == Output::blocked) {
    output_due_ms_ = std::min(output_due_ms_, now + crowded_patience_ms(limits, unread));
  }
  if (intake_ == Intake::header && !input_.empty() && request_due_ms_ == 0) {
    request_due_ms_ = now + thread_->shared().limits.header_time_max.ms();
  }
  thread_->set_deadline(*this, next_deadline(now));
}

std::int64_t Connection::next_deadline(std::int64_t now) const {
  if (output_state_ == Output::lingering) return output_due_ms_;
  if (is_idle()) return now + thread_->shared().limits.idle_time_max.ms();
  // While we do not read, the client cannot be late.
  const bool reads = intake_ != Intake::ended && !waiting_for_room_ && !continue_owed_;
  std::int64_t due = reads && request_due_ms_ != 0 ? request_due_ms_ : IoThread::kNever;
  if (output_state_ == Output::blocked) {
    due = due == IoThread::kNever ? output_due_ms_ : std::min(due, output_due_ms_);
  }
  return due;
}

bool Connection::is_idle() const {
  return intake_ == Intake::header && input_.empty() && request_due_ms_ == 0 && answers_.empty() &&
         output_.empty();
}

void Connection::on_deadline() {
  const auto self = shared_from_this();
  if (closed_) return;
  const std::int64_t now = IoThread::now_ms();
  const bool output_late = output_state_ != Output::open && now >= output_due_ms_;
  if (output_late || is_idle()) {
    if (output_state_ == Output::blocked) transport_.drop_unread();
    close();
  } else if (intake_ != Intake::ended && request_due_ms_ != 0 && now >= request_due_ms_) {
    on_slow_request(now);
  } else {
    settle();
  }
}

void Connection::on_slow_request(std::int64_t now) {
  const Limits& limits = thread_->shared().limits;
  if (intake_ == Intake::body && body_in_window_ >= limits.body_bytes_per_window_min) {
    body_in_window_ = 0;
    request_due_ms_ = now + limits.body_window.ms();
    settle();
    return;
  }
  if (intake_ == Intake::header && input_.empty()) {
    close();  // It connected and said nothing, so there is nothing to answer.
    return;
  }
  refuse({.status = 408,
          .detail = intake_ == Intake::body ? "The body came too slowly."
                                            : "The header section came too slowly."});
  pump();
}

}  // namespace carillon::http
