#include "api/http/answer_queue.h"

#include <utility>
#include <vector>

#include "base/check.h"

namespace carillon::http {

AnswerTicket AnswerQueue::open(AnswerForm form) {
  slots_.push_back(Slot{.form = std::move(form)});
  return AnswerTicket(first_ticket_ + slots_.size() - 1);
}

AfterDrain AnswerQueue::take(AnswerTicket ticket, Answer answer) {
  if (std::holds_alternative<StreamCut>(answer)) return AfterDrain::close;
  Slot* slot = find(ticket);
  if (slot == nullptr) return AfterDrain::go_on;
  if (auto* whole = std::get_if<Response>(&answer)) {
    if (slot->stage != Stage::waiting) return AfterDrain::go_on;
    slot->response = std::move(*whole);
    waiting_bytes_ += slot->response.body.size();
    slot->stage = Stage::whole;
  } else if (auto* start = std::get_if<StreamStart>(&answer)) {
    if (slot->stage == Stage::waiting) start_stream(*slot, std::move(*start));
  } else if (const auto* chunk = std::get_if<StreamChunk>(&answer)) {
    if (slot->stage != Stage::stream_open) return AfterDrain::go_on;
    add_piece(*slot, chunk->bytes);
    slot->pieces_counted += Stream::framed_bytes(chunk->bytes.size());
  } else if (slot->stage == Stage::stream_open) {
    slot->stage = Stage::stream_ended;
  }
  return AfterDrain::go_on;
}

AfterDrain AnswerQueue::drain(std::string& out, std::string_view date) {
  while (!slots_.empty()) {
    Slot& slot = slots_.front();
    switch (slot.stage) {
      case Stage::waiting:
        return AfterDrain::go_on;
      case Stage::whole:
        append_response(out, slot.response, slot.form, date);
        waiting_bytes_ -= slot.response.body.size();
        break;
      case Stage::stream_open:
        drain_stream(slot, out, date);
        return AfterDrain::go_on;
      case Stage::stream_ended:
        drain_stream(slot, out, date);
        if (stream_coding(slot.form) == BodyCoding::chunked) out += kLastChunk;
        break;
    }
    if (pop() == AfterDrain::close) return AfterDrain::close;
  }
  return AfterDrain::go_on;
}

void AnswerQueue::on_written() {
  if (!written_stream_) return;
  written_stream_->on_bytes_sent(std::exchange(written_counted_, 0));
  written_stream_.reset();
}

void AnswerQueue::close_after_newest() {
  CARILLON_CHECK(!slots_.empty());
  slots_.back().form.persistence = Persistence::close;
}

void AnswerQueue::finish_streams() {
  std::vector<std::shared_ptr<Stream>> streams;
  for (Slot& slot : slots_) {
    if (slot.stage != Stage::stream_open) continue;
    slot.stage = Stage::stream_ended;
    streams.push_back(slot.stream);
  }
  for (const auto& stream : streams) stream->on_gone();
}

void AnswerQueue::abandon() {
  // The callbacks may reach back into this queue, so it is empty before the first of them.
  const std::deque<Slot> dropped = std::exchange(slots_, {});
  first_ticket_ += dropped.size();
  waiting_bytes_ = 0;
  written_stream_.reset();
  for (const Slot& slot : dropped) {
    if (slot.stream) slot.stream->on_gone();
  }
}

bool AnswerQueue::is_streaming() const {
  return !slots_.empty() && slots_.front().stage == Stage::stream_open;
}

AnswerQueue::Slot* AnswerQueue::find(AnswerTicket ticket) {
  const std::uint64_t index = ticket.value() - first_ticket_;  // Wraps for those already answered.
  return index < slots_.size() ? &slots_[index] : nullptr;
}

void AnswerQueue::start_stream(Slot& slot, StreamStart start) {
  slot.stage = Stage::stream_open;
  slot.response = std::move(start.head);
  slot.stream = std::move(start.stream);
  if (stream_coding(slot.form) == BodyCoding::until_close) {
    slot.form.persistence = Persistence::close;
  }
  if (stream_coding(slot.form) == BodyCoding::none) {
    slot.stage = Stage::stream_ended;
    slot.stream->on_gone();
    return;
  }
  if (!slot.response.body.empty()) {
    add_piece(slot, slot.response.body);
    slot.response.body.clear();
  }
}

void AnswerQueue::add_piece(Slot& slot, std::string_view bytes) {
  const std::size_t before = slot.pieces.size();
  if (stream_coding(slot.form) == BodyCoding::chunked) {
    append_chunk(slot.pieces, bytes);
  } else {
    slot.pieces += bytes;
  }
  waiting_bytes_ += slot.pieces.size() - before;
}

void AnswerQueue::drain_stream(Slot& slot, std::string& out, std::string_view date) {
  if (!slot.head_sent) {
    append_stream_head(out, slot.response, slot.form, date);
    slot.head_sent = true;
  }
  if (slot.pieces.empty()) return;
  out += slot.pieces;
  waiting_bytes_ -= slot.pieces.size();
  slot.pieces.clear();
  written_stream_ = slot.stream;
  written_counted_ += std::exchange(slot.pieces_counted, 0);
}

AfterDrain AnswerQueue::pop() {
  const Slot& slot = slots_.front();
  const bool close =
      slot.form.persistence == Persistence::close || slot.response.after == AfterAnswer::close;
  slots_.pop_front();
  ++first_ticket_;
  return close ? AfterDrain::close : AfterDrain::go_on;
}

}  // namespace carillon::http
