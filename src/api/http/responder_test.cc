#include "api/http/responder.h"

#include <vector>

#include <gtest/gtest.h>

namespace carillon::http {
namespace {

class RecordingSink final : public AnswerSink {
 public:
  void deliver(AnswerTicket, Answer answer) override {
    // A stream holds its sink, so keeping it here would be a cycle.
    if (auto* start = std::get_if<StreamStart>(&answer)) start->stream.reset();
    answers.push_back(std::move(answer));
  }
  std::size_t stream_pending_bytes_max() const override { return 64; }

  std::vector<Answer> answers;
};

TEST(Responder, answers_500_when_it_is_dropped) {
  const auto sink = std::make_shared<RecordingSink>();
  {
    const Responder dropped(sink, AnswerTicket(0));
  }
  ASSERT_EQ(sink->answers.size(), 1u);
  EXPECT_EQ(std::get<Response>(sink->answers[0]).status, 500);
}

TEST(Responder, is_silent_after_it_was_moved_from) {
  const auto sink = std::make_shared<RecordingSink>();
  Responder first(sink, AnswerTicket(0));
  Responder second = std::move(first);
  second.send(Response{.status = 204});
  EXPECT_EQ(sink->answers.size(), 1u);
}

TEST(Responder, that_is_overwritten_answers_500) {
  const auto sink = std::make_shared<RecordingSink>();
  Responder first(sink, AnswerTicket(0));
  first = Responder(sink, AnswerTicket(1));
  ASSERT_EQ(sink->answers.size(), 1u);
  first.send(Response{});
  EXPECT_EQ(sink->answers.size(), 2u);
}

TEST(Stream, cuts_off_a_reader_that_falls_behind_its_bound) {
  const auto sink = std::make_shared<RecordingSink>();
  const auto stream = Responder(sink, AnswerTicket(0)).open_stream(Response{});
  int gone = 0;
  stream->when_gone([&] { ++gone; });
  EXPECT_EQ(stream->write(std::string(40, 'x')), StreamState::open);
  EXPECT_EQ(stream->write(std::string(40, 'x')), StreamState::gone);
  EXPECT_TRUE(std::holds_alternative<StreamCut>(sink->answers.back()));
  EXPECT_EQ(stream->write("more"), StreamState::gone);
  EXPECT_EQ(gone, 1);
}

TEST(Stream, goes_on_when_the_reader_catches_up) {
  const auto sink = std::make_shared<RecordingSink>();
  const auto stream = Responder(sink, AnswerTicket(0)).open_stream(Response{});
  stream->write(std::string(40, 'x'));
  stream->on_bytes_sent(Stream::framed_bytes(40));
  EXPECT_EQ(stream->write(std::string(40, 'x')), StreamState::open);
}

TEST(Stream, calls_back_at_once_when_the_client_has_gone_before) {
  const auto sink = std::make_shared<RecordingSink>();
  const auto stream = Responder(sink, AnswerTicket(0)).open_stream(Response{});
  stream->on_gone();
  int gone = 0;
  stream->when_gone([&] { ++gone; });
  EXPECT_EQ(gone, 1);
}

}  // namespace
}  // namespace carillon::http
