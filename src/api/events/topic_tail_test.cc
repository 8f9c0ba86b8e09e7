// Facts that are under way while readers come and go: what the committing thread asks and what the
// listening thread tells are played by hand.
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
  std::shared_ptr<void> listen(FactSelector asked, FactListener told) override {
    wants = std::move(asked);
    tell = std::move(told);
    return nullptr;
  }

  FactRecord emit_one() {
    emit(task_fact(1));
    return facts_after(Topic::task_events, JournalPosition(last_position().value() - 1), 1)
        ->front();
  }

  FactSelector wants;
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

TEST(TopicTail, wants_only_facts_of_topics_that_somebody_follows) {
  HeldGateway gateway;
  TopicTail tail(gateway, [] {});
  const FactRecord fact = gateway.emit_one();
  EXPECT_FALSE(gateway.wants(fact));
  const auto reader = tail.follow(Topic::task_events, JournalPosition(0));
  EXPECT_TRUE(gateway.wants(fact));
  EXPECT_FALSE(gateway.wants({.topic = Topic::task_notifications}));
}

TEST(TopicTail, misses_nothing_when_a_reader_leaves_and_another_comes_while_facts_are_under_way) {
  HeldGateway gateway;
  TopicTail tail(gateway, [] {});
  auto first = tail.follow(Topic::task_events, JournalPosition(0));
  const FactRecord one = gateway.emit_one();
  ASSERT_TRUE(gateway.wants(one));
  first.reset();
  const FactRecord two = gateway.emit_one();
  ASSERT_FALSE(gateway.wants(two));
  const auto second = tail.follow(Topic::task_events, just_before(one));
  gateway.tell(one);
  const FactRecord three = gateway.emit_one();
  ASSERT_TRUE(gateway.wants(three));
  gateway.tell(three);
  EXPECT_EQ(ids_of_all(*second), (std::vector<std::uint64_t>{2, 4, 6}));
}

}  // namespace
}  // namespace carillon::api
