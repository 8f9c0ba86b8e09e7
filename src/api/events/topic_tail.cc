#include "api/events/topic_tail.h"

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "api/events/fact_json.h"
#include "api/http/server_sent_event.h"
#include "base/json_writer.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

constexpr std::size_t kTailFacts = 4096;
constexpr std::size_t kTailBytes = 8 * 1024 * 1024;
constexpr std::size_t kHistoryFacts = 128;  // Of one read.
constexpr std::size_t kTopics = Words<Topic>::rows.size();

// Nothing is missed without a poll; it only bounds what a lost wake-up could cost.
constexpr Duration kPoll = Duration::seconds(5);

struct TailFact {
  FactRecord record;
  std::string event = {};  // As bytes of the stream; made by the pump's thread when first needed.
};

void append_error_event(std::string& out, const Error& error) {
  std::string data = R"({"code":)";
  append_json(data, error_info(error.code).word);
  data += R"(,"detail":)";
  append_json(data, error.message);
  data += "}";
  http::append_event(out, {.id = "", .type = "error", .data = data});
}

Result<std::string> event_of(const FactRecord& fact) {
  std::string data;
  if (auto written = append_fact_json(data, fact); !written) return fail(written.error());
  std::string event;
  http::append_event(
      event,
      {.id = fmt::format("{}", fact.position.value()), .type = word_of(fact.type), .data = data});
  return event;
}

}  // namespace

struct TopicTail::State {
  struct Tail {
    std::deque<std::shared_ptr<TailFact>> facts;  // All of the topic since the first one kept.
    std::size_t bytes = 0;
    std::size_t followers = 0;
  };

  // Takes a fact on the gateway's thread; false ends the listening.
  bool take(const FactRecord& fact) {
    const std::lock_guard lock(mutex);
    if (closed) return false;
    Tail& tail = tails.at(static_cast<std::size_t>(fact.topic));
    if (tail.followers == 0) return true;
    tail.facts.push_back(std::make_shared<TailFact>(TailFact{.record = fact}));
    tail.bytes += fact.payload.size();
    while (tail.facts.size() > kTailFacts || tail.bytes > kTailBytes) {
      tail.bytes -= tail.facts.front()->record.payload.size();
      tail.facts.pop_front();
    }
    on_new();
    return true;
  }

  // The facts after the position; none when the tail does not reach back so far.
  std::optional<std::vector<std::shared_ptr<TailFact>>> after(Topic topic, JournalPosition place) {
    const std::lock_guard lock(mutex);
    const auto& facts = tails.at(static_cast<std::size_t>(topic)).facts;
    if (facts.empty() || place.value() + 1 < facts.front()->record.position.value()) {
      return std::nullopt;
    }
    const auto first = std::ranges::upper_bound(
        facts, place, {}, [](const auto& fact) { return fact->record.position; });
    const auto count = std::min<std::ptrdiff_t>(facts.end() - first, kHistoryFacts);
    return std::vector<std::shared_ptr<TailFact>>(first, first + count);
  }

  void enter(Topic topic) {
    const std::lock_guard lock(mutex);
    ++tails.at(static_cast<std::size_t>(topic)).followers;
  }

  void leave(Topic topic) {
    const std::lock_guard lock(mutex);
    Tail& tail = tails.at(static_cast<std::size_t>(topic));
    if (--tail.followers == 0) tail = Tail{};
  }

  std::mutex mutex;
  std::function<void()> on_new;
  std::array<Tail, kTopics> tails;
  bool closed = false;
};

class TopicTail::Source final : public StreamSource {
 public:
  Source(Gateway& gateway, std::shared_ptr<State> state, Topic topic, JournalPosition after)
      : gateway_(gateway), state_(std::move(state)), topic_(topic), place_(after) {
    state_->enter(topic_);
  }
  ~Source() override { state_->leave(topic_); }

  Progress pull(std::string& out) override {
    if (const auto recent = state_->after(topic_, place_)) {
      for (const std::shared_ptr<TailFact>& fact : *recent) {
        if (fact->event.empty()) {
          auto event = event_of(fact->record);
          if (!event) return give_up(out, event.error());
          fact->event = *std::move(event);
        }
        out += fact->event;
        place_ = fact->record.position;
        if (out.size() >= kPullBytes) break;
      }
      return recent->empty() ? Progress::idle : Progress::more;
    }
    return pull_history(out);
  }

  [[nodiscard]] Duration poll_interval() const override { return kPoll; }

 private:
  Progress pull_history(std::string& out) {
    const auto facts = gateway_.facts_after(topic_, place_, kHistoryFacts);
    if (!facts) return give_up(out, facts.error());
    for (const FactRecord& fact : *facts) {
      const auto event = event_of(fact);
      if (!event) return give_up(out, event.error());
      out += *event;
      place_ = fact.position;
      if (out.size() >= kPullBytes) break;
    }
    return facts->empty() ? Progress::idle : Progress::more;
  }

  static Progress give_up(std::string& out, const Error& error) {
    append_error_event(out, error);
    return Progress::ended;
  }

  Gateway& gateway_;
  std::shared_ptr<State> state_;
  Topic topic_;
  JournalPosition place_;  // Of the last fact that was handed on.
};

TopicTail::TopicTail(Gateway& gateway, std::function<void()> on_new)
    : gateway_(gateway), state_(std::make_shared<State>()) {
  state_->on_new = std::move(on_new);
  listening_ =
      gateway_.listen([state = state_](const FactRecord& fact) { return state->take(fact); });
}

TopicTail::~TopicTail() {
  listening_.reset();
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
}

std::unique_ptr<StreamSource> TopicTail::follow(Topic topic, JournalPosition after) {
  return std::make_unique<Source>(gateway_, state_, topic, after);
}

}  // namespace carillon::api
