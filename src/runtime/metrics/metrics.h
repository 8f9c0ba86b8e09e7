// Counters, gauges and histograms with Prometheus text exposition. Thread-safe; no ids as labels.
//
// A series is looked up once and kept as a reference; an increment is one relaxed atomic addition.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace carillon {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class Counter {
 public:
  void add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

// Upper bounds of the buckets of histograms of seconds: 50 us to 60 s.
inline constexpr std::array<double, 18> kSecondsBounds{
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
    0.05,    0.1,    0.25,    0.5,    1.0,   2.5,    5.0,   10.0, 60.0};

// Upper bounds of the buckets of histograms of counts: 1 to 4,096 by powers of two.
inline constexpr std::array<double, 13> kCountBounds{1,   2,   4,   8,    16,   32,  64,
                                                     128, 256, 512, 1024, 2048, 4096};

class Histogram {
 public:
  // Requires  bounds ascend and live as long as the program
  explicit Histogram(std::span<const double> bounds = kSecondsBounds)
      : bounds_(bounds), buckets_(bounds.size() + 1) {}

  void observe(double value);

  struct Snapshot {
    std::span<const double> bounds;
    std::vector<std::uint64_t> buckets;  // Not cumulative; the last holds what is above.
    std::uint64_t count = 0;
    double sum = 0;
  };
  [[nodiscard]] Snapshot snapshot() const;

 private:
  std::span<const double> bounds_;
  std::vector<std::atomic<std::uint64_t>> buckets_;
  std::atomic<double> sum_ = 0;
};

// One value of a gauge that is computed when somebody looks.
struct GaugeSample {
  MetricLabels labels;
  double value = 0;
};
using GaugeReader = std::function<std::vector<GaugeSample>()>;

class Metrics {
 public:
  Metrics() = default;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The series of that name and labels, made at the first call. The reference stays valid.
  //
  // Requires  name and help are the same at every call for one name
  Counter& counter(std::string_view name, std::string_view help, MetricLabels labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, MetricLabels labels = {},
                       std::span<const double> bounds = kSecondsBounds);

  // A gauge read by calling; called on the thread that renders.
  void gauge(std::string_view name, std::string_view help, GaugeReader read);

  // A counter kept elsewhere, read by calling.
  void counter_reader(std::string_view name, std::string_view help, GaugeReader read);

  // Prometheus text exposition format 0.0.4, families sorted by name.
  [[nodiscard]] std::string render() const;

 private:
  enum class Kind : std::uint8_t { counter, gauge, histogram };
  template <class Series>
  struct Labelled {
    template <class... Args>
    explicit Labelled(std::string rendered, Args... args)
        : labels(std::move(rendered)), series(args...) {}

    std::string labels;  // Rendered: `a="x",b="y"`.
    Series series;
  };
  struct Family {
    Kind kind = Kind::counter;
    std::string help;
    std::list<Labelled<Counter>> counters;
    std::list<Labelled<Histogram>> histograms;
    std::vector<GaugeReader> readers;
  };

  Family& family(std::string_view name, std::string_view help, Kind kind);
  static void render_family(std::string& out, const std::string& name, const Family& family);

  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace carillon
