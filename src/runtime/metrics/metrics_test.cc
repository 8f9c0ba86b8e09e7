#include "runtime/metrics/metrics.h"

#include <string>

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(Metrics, renders_counters_gauges_and_histograms) {
  Metrics metrics;
  metrics.counter("carillon_runs_total", "Runs that ended.", {{"outcome", "completed"}}).add(3);
  metrics.counter("carillon_runs_total", "Runs that ended.", {{"outcome", "a\"b\n"}}).add();
  metrics.gauge("carillon_queue_depth", "Waiting attempts.",
                [] { return std::vector<GaugeSample>{{.labels = {}, .value = 7}}; });
  metrics.histogram("carillon_commit_seconds", "Commits.").observe(0.003);
  const std::string text = metrics.render();
  EXPECT_NE(text.find("# TYPE carillon_runs_total counter\n"), std::string::npos);
  EXPECT_NE(text.find("carillon_runs_total{outcome=\"completed\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("carillon_runs_total{outcome=\"a\\\"b\\n\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("carillon_queue_depth 7\n"), std::string::npos);
  EXPECT_NE(text.find("carillon_commit_seconds_bucket{le=\"0.0025\"} 0\n"), std::string::npos);
  EXPECT_NE(text.find("carillon_commit_seconds_bucket{le=\"0.005\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("carillon_commit_seconds_bucket{le=\"+Inf\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("carillon_commit_seconds_sum 0.003\n"), std::string::npos);
}

TEST(Metrics, a_histogram_of_counts_has_buckets_of_its_own) {
  Metrics metrics;
  metrics.histogram("carillon_batch_records", "Records.", {}, kCountBounds).observe(300);
  const std::string text = metrics.render();
  EXPECT_NE(text.find("carillon_batch_records_bucket{le=\"256\"} 0\n"), std::string::npos);
  EXPECT_NE(text.find("carillon_batch_records_bucket{le=\"512\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("carillon_batch_records_sum 300\n"), std::string::npos);
}

TEST(Metrics, gives_one_series_for_the_same_labels) {
  Metrics metrics;
  Counter& first = metrics.counter("carillon_x_total", "X.", {{"a", "1"}});
  Counter& second = metrics.counter("carillon_x_total", "X.", {{"a", "1"}});
  EXPECT_EQ(&first, &second);
}

}  // namespace
}  // namespace carillon
