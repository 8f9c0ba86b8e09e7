#include "server/fact_metrics.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/wire.h"

namespace carillon::server {
namespace {

class FactMetricsTest : public ::testing::Test {
 protected:
  void observe(FactType type, const TaskFact& fact) {
    facts.observe({.topic = Topic::task_events, .type = type, .payload = to_wire(fact)});
  }

  void end_run(const std::string& type, RunStatus status) {
    TaskFact fact{.task_type = type};
    fact.run = RunRow{.status = status};
    observe(status == RunStatus::completed ? FactType::run_completed : FactType::run_failed, fact);
  }

  [[nodiscard]] bool shows(const std::string& line) const {
    return metrics.render().find(line + "\n") != std::string::npos;
  }

  Metrics metrics;
  FactMetrics facts{metrics};
};

TEST_F(FactMetricsTest, counts_ended_runs_by_type_and_outcome) {
  end_run("http", RunStatus::completed);
  end_run("http", RunStatus::completed);
  end_run("noop", RunStatus::failed);
  EXPECT_TRUE(shows(R"(carillon_runs_total{type="http",outcome="completed"} 2)"));
  EXPECT_TRUE(shows(R"(carillon_runs_total{type="noop",outcome="failed"} 1)"));
}

TEST_F(FactMetricsTest, gives_only_so_many_types_a_label) {
  for (std::size_t i = 0; i < kTypeLabelsMax + 3; ++i) {
    end_run(fmt::format("type-{}", i), RunStatus::completed);
  }
  EXPECT_TRUE(shows(R"(carillon_runs_total{type="type-0",outcome="completed"} 1)"));
  EXPECT_TRUE(shows(R"(carillon_runs_total{type="other",outcome="completed"} 3)"));
}

TEST_F(FactMetricsTest, measures_the_wait_of_a_first_attempt_only) {
  TaskFact fact;
  fact.run = RunRow{.status = RunStatus::running,
                    .created_at = Instant::from_unix_ms(1000),
                    .started_at = Instant::from_unix_ms(1040),
                    .attempt = 1};
  observe(FactType::run_started, fact);
  fact.run->attempt = 2;
  observe(FactType::run_started, fact);
  EXPECT_TRUE(shows("carillon_queue_wait_seconds_sum 0.04"));
  EXPECT_TRUE(shows("carillon_queue_wait_seconds_count 1"));
}

TEST_F(FactMetricsTest, counts_a_range_of_slots_as_many) {
  TaskFact fact;
  fact.slot = SlotRow{};
  fact.slot->disposition = Disposition::skipped_paused;
  fact.slot->count = 40;
  observe(FactType::slot_decided, fact);
  EXPECT_TRUE(shows(R"(carillon_slots_total{disposition="skipped_paused"} 40)"));
}

TEST_F(FactMetricsTest, wants_exactly_the_facts_it_can_use) {
  EXPECT_TRUE(FactMetrics::wants({.topic = Topic::task_events, .type = FactType::run_failed}));
  EXPECT_FALSE(FactMetrics::wants({.topic = Topic::task_events, .type = FactType::task_created}));
  EXPECT_FALSE(FactMetrics::wants({.topic = Topic::task_responses, .type = FactType::run_failed}));
}

}  // namespace
}  // namespace carillon::server
