// AnswerQueue: takes the answers of one connection in any order and gives their bytes in the order
// of the requests. Single thread; no I/O.
//
// Backpressure is its owner's: the owner drains only when the former bytes were written, and reads
// no more requests while the queue is full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/responder.h"
#include "api/http/response_writer.h"

namespace carillon::http {

enum class AfterDrain : std::uint8_t { go_on, close };

class AnswerQueue {
 public:
  // A place for the answer of the next request.
  AnswerTicket open(AnswerForm form);

  // Takes an answer or a piece of one. What comes for a ticket that was answered is dropped.
  // Returns close when the stream was cut: the connection must end without further bytes.
  AfterDrain take(AnswerTicket ticket, Answer answer);

  // Appends all bytes that may leave now; close means: nothing is sent after them.
  AfterDrain drain(std::string& out, std::string_view date);

  // Says that all drained bytes were written, which gives streams their room back.
  void on_written();

  // Makes the answer of the newest request the last one of the connection. Requires !empty().
  void close_after_newest();

  // Ends streams at their next drain, as if their producers had.
  void finish_streams();

  // Tells every stream that its client is gone, and drops all that waits.
  void abandon();

  [[nodiscard]] bool empty() const { return slots_.empty(); }
  [[nodiscard]] std::size_t size() const { return slots_.size(); }
  // Of the answers and pieces that wait for their turn, without their heads.
  [[nodiscard]] std::size_t waiting_bytes() const { return waiting_bytes_; }
  // The oldest answer is an open stream, so the end of the client's input means that the client is
  // gone.
  [[nodiscard]] bool is_streaming() const;

 private:
  enum class Stage : std::uint8_t { waiting, whole, stream_open, stream_ended };
  struct Slot {
    AnswerForm form;
    Stage stage = Stage::waiting;
    Response response = {};
    // Of streamed answers only.
    std::shared_ptr<Stream> stream = {};
    bool head_sent = false;
    std::string pieces = {};         // Framed, waiting for their turn.
    std::size_t pieces_counted = 0;  // As the stream counts them.
  };

  Slot* find(AnswerTicket ticket);
  void start_stream(Slot& slot, StreamStart start);
  void add_piece(Slot& slot, std::string_view bytes);
  void drain_stream(Slot& slot, std::string& out, std::string_view date);
  AfterDrain pop();

  std::deque<Slot> slots_;
  std::uint64_t first_ticket_ = 0;
  std::size_t waiting_bytes_ = 0;
  // What on_written() gives back.
  std::shared_ptr<Stream> written_stream_;
  std::size_t written_counted_ = 0;
};

}  // namespace carillon::http
