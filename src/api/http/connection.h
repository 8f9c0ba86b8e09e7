// Connection: the life of one client connection, from accept to close. Lives on its IoThread.
//
// Bytes in are parsed into as many requests as there are; answers out are gathered and leave in one
// write. deliver() is for any thread, everything else for the connection's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/http/answer_queue.h"
#include "api/http/bounds/connection_census.h"
#include "api/http/bounds/deadline_wheel.h"
#include "api/http/framing_rules.h"
#include "api/http/read_buffer.h"
#include "api/http/request_parser.h"
#include "api/http/responder.h"
#include "api/http/transport.h"

namespace carillon::http {

class IoThread;

class Connection final : public AnswerSink,
                         public DeadlineWheel::Deadline,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<IoThread> thread, Transport transport, std::string remote_address);

  // Begins to serve, or to refuse with 503.
  void start(Admission admission);

  // AnswerSink
  void deliver(AnswerTicket ticket, Answer answer) override;
  WorkQueue* home() override;
  [[nodiscard]] std::size_t stream_pending_bytes_max() const override;

  // Takes an answer without sending it yet; pump() sends.
  void take(AnswerTicket ticket, Answer answer);

  // Does all that can be done now: parse, answer, write; then waits for the next event.
  void pump();

  // One of the time-outs may have passed.
  void on_deadline();

  // Finishes what is in flight and closes.
  void begin_drain();

  // Closes at once; streams learn that their client is gone.
  void close();

  // The place in the thread's registry.
  [[nodiscard]] std::size_t registry_place() const { return registry_place_; }
  void set_registry_place(std::size_t place) { registry_place_ = place; }

 private:
  enum class Intake : std::uint8_t { header, body, ended };
  enum class Output : std::uint8_t { open, blocked, lingering };

  // Input
  void parse();
  bool read_header();
  bool read_body();
  void begin_request(std::string_view header, const HeaderFacts& facts);
  void dispatch();
  void refuse(const FramingViolation& violation);
  void read_more();
  void on_read(std::size_t count);
  void on_input_end();
  [[nodiscard]] bool wants_input() const;
  [[nodiscard]] bool has_room() const;

  // Output
  void write_ready();
  bool write_out();
  void gather();
  void wait_writable();
  std::size_t count_unread();
  void begin_linger();

  // Time
  void settle();
  void on_slow_request(std::int64_t now);
  [[nodiscard]] std::int64_t next_deadline(std::int64_t now) const;
  [[nodiscard]] bool is_idle() const;

  std::shared_ptr<IoThread> thread_;
  Transport transport_;
  const std::string remote_address_;
  Admission admission_ = Admission::admitted;
  std::size_t registry_place_ = 0;

  ReadBuffer input_;
  RequestParser parser_;
  AnswerForm form_;  // Of the request being read.
  Intake intake_ = Intake::header;
  std::size_t header_seen_ = 0;      // Bytes in which no header end was found.
  std::size_t body_in_window_ = 0;   // Bytes of body that came in this window.
  std::int64_t request_due_ms_ = 0;  // For the header, or for the window of the body; 0: not set.
  bool continue_owed_ = false;       // The client waits for 100 before it sends its body.
  bool waiting_for_room_ = false;    // Requests may lie unread in input_.
  bool reading_ = false;
  bool input_ended_ = false;

  AnswerQueue answers_;
  std::string output_;
  std::size_t output_written_ = 0;
  std::size_t unread_counted_ = 0;  // What of this connection is in the count of all.
  Output output_state_ = Output::open;
  bool last_gathered_ = false;      // output_ holds the last answer of the connection.
  std::int64_t output_due_ms_ = 0;  // For progress while blocked, for the end while lingering.

  bool pumping_ = false;
  bool draining_ = false;
  bool closed_ = false;
};

}  // namespace carillon::http
