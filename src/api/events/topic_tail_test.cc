// The tail of a topic while its readers come and go; facts come when the test says so.
#include "api/events/topic_tail.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "api/testing/fake_gateway.h"
#include "base/text.h"

namespace carillon::api {
namespace {

using testing::task_fact;

// Hands the listener to the test instead of calling it.
class HeldGateway final : public testing::FakeGateway {
 public:
  std::shared_ptr<void> listen(FactListener told) override {
    tell = std::move(told);
    return nullptr;
  }

  FactRecord emit_one() {
    emit(task_fact(1));
    return facts_after(Topic::task_events, JournalPosition(last_position().value() - 1), 1)
        ->front();
  }

  FactListener tell;
};

// A place from which the tail alone answers when it begins with the fact.
JournalPosition just_before(const FactRecord& fact) {
  return JournalPosition(fact.position.value() - 1);
}

std::vector<std::uint64_t> ids_of_all(StreamSource& source) {
  std::string text;
  while (source.pull(text) == StreamSource::Progress::more) {
  }
  std::vector<std::uint64_t> ids;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("id: ")) ids.push_back(std::stoull(std::string(line.substr(4))));
  }
  return ids;
}

TEST(TopicTail, is_woken_only_by_topics_that_somebody_follows) {
  HeldGateway gateway;
  int woken = 0;
  TopicTail tail(gateway, [&] { ++woken; });
  gateway.tell(gateway.emit_one());
  EXPECT_EQ(woken, 0);
  const auto reader = tail.follow(Topic::task_events, JournalPosition(0));
  gateway.tell({.topic = Topic::task_notifications});
  EXPECT_EQ(woken, 0);
  gateway.tell(gateway.emit_one());
  EXPECT_EQ(woken, 1);
}

TEST(TopicTail, misses_nothing_that_comes_between_one_reader_and_the_next) {
  HeldGateway gateway;
  TopicTail tail(gateway, [] {});
  auto first = tail.follow(Topic::task_events, JournalPosition(0));
  const FactRecord one = gateway.emit_one();
  gateway.tell(one);
  first.reset();
  gateway.tell(gateway.emit_one());
  const auto second = tail.follow(Topic::task_events, just_before(one));
  gateway.tell(gateway.emit_one());
  EXPECT_EQ(ids_of_all(*second), (std::vector<std::uint64_t>{2, 4, 6}));
}

}  // namespace
}  // namespace carillon::api
