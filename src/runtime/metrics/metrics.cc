#include "runtime/metrics/metrics.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"

namespace carillon {
namespace {

std::string render_labels(const MetricLabels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    if (!out.empty()) out.push_back(',');
    out += name + "=\"";
    for (const char c : value) {
      if (c == '\\' || c == '"') out.push_back('\\');
      if (c == '\n') {
        out += "\\n";
      } else {
        out.push_back(c);
      }
    }
    out.push_back('"');
  }
  return out;
}

void append_sample(std::string& out, std::string_view name, std::string_view labels, double value) {
  out += name;
  if (!labels.empty()) out += fmt::format("{{{}}}", labels);
  const bool whole = std::floor(value) == value && std::abs(value) < 1e15;
  out +=
      whole ? fmt::format(" {}\n", static_cast<std::int64_t>(value)) : fmt::format(" {}\n", value);
}

std::string with_label(std::string_view labels, std::string_view more) {
  return labels.empty() ? std::string(more) : fmt::format("{},{}", labels, more);
}

void append_histogram(std::string& out, std::string_view name, std::string_view labels,
                      const Histogram::Snapshot& snapshot) {
  std::uint64_t cumulative = 0;
  const std::string bucket = fmt::format("{}_bucket", name);
  for (std::size_t i = 0; i < snapshot.bounds.size(); ++i) {
    cumulative += snapshot.buckets[i];
    append_sample(out, bucket, with_label(labels, fmt::format("le=\"{}\"", snapshot.bounds[i])),
                  static_cast<double>(cumulative));
  }
  append_sample(out, bucket, with_label(labels, "le=\"+Inf\""),
                static_cast<double>(snapshot.count));
  append_sample(out, fmt::format("{}_sum", name), labels, snapshot.sum);
  append_sample(out, fmt::format("{}_count", name), labels, static_cast<double>(snapshot.count));
}

}  // namespace

void Histogram::observe(double value) {
  const auto bound = std::ranges::lower_bound(bounds_, value);
  const auto index = static_cast<std::size_t>(bound - bounds_.begin());
  buckets_[index].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(std::max(0.0, value), std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const {
  Snapshot snapshot{.bounds = bounds_, .buckets = {}};
  for (const std::atomic<std::uint64_t>& bucket : buckets_) {
    snapshot.buckets.push_back(bucket.load(std::memory_order_relaxed));
    snapshot.count += snapshot.buckets.back();
  }
  snapshot.sum = sum_.load(std::memory_order_relaxed);
  return snapshot;
}

Metrics::Family& Metrics::family(std::string_view name, std::string_view help, Kind kind) {
  auto at = families_.find(name);
  if (at == families_.end()) {
    at = families_.emplace(std::string(name), Family{}).first;
    at->second.kind = kind;
    at->second.help = help;
  }
  CARILLON_CHECK(at->second.kind == kind, "a metric has two kinds");
  return at->second;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, MetricLabels labels) {
  const std::string rendered = render_labels(labels);
  const std::lock_guard lock(mutex_);
  auto& counters = family(name, help, Kind::counter).counters;
  for (auto& labelled : counters) {
    if (labelled.labels == rendered) return labelled.series;
  }
  return counters.emplace_back(rendered).series;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, MetricLabels labels,
                              std::span<const double> bounds) {
  const std::string rendered = render_labels(labels);
  const std::lock_guard lock(mutex_);
  auto& histograms = family(name, help, Kind::histogram).histograms;
  for (auto& labelled : histograms) {
    if (labelled.labels == rendered) return labelled.series;
  }
  return histograms.emplace_back(rendered, bounds).series;
}

void Metrics::gauge(std::string_view name, std::string_view help, GaugeReader read) {
  const std::lock_guard lock(mutex_);
  family(name, help, Kind::gauge).readers.push_back(std::move(read));
}

void Metrics::counter_reader(std::string_view name, std::string_view help, GaugeReader read) {
  const std::lock_guard lock(mutex_);
  family(name, help, Kind::counter).readers.push_back(std::move(read));
}

void Metrics::render_family(std::string& out, const std::string& name, const Family& family) {
  constexpr std::array<std::string_view, 3> kKinds{"counter", "gauge", "histogram"};
  out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, family.help, name,
                     kKinds[static_cast<std::size_t>(family.kind)]);
  for (const auto& labelled : family.counters) {
    append_sample(out, name, labelled.labels, static_cast<double>(labelled.series.value()));
  }
  for (const auto& labelled : family.histograms) {
    append_histogram(out, name, labelled.labels, labelled.series.snapshot());
  }
  for (const GaugeReader& read : family.readers) {
    for (const GaugeSample& sample : read()) {
      append_sample(out, name, render_labels(sample.labels), sample.value);
    }
  }
}

std::string Metrics::render() const {
  std::string out;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, family] : families_) render_family(out, name, family);
  return out;
}

}  // namespace carillon
