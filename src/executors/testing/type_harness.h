// TypeHarness: runs one attempt of a built-in type against fakes and a directory of its own.
//
// For tests only. One harness per test; run() is called on the test's thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "executors/attempt_session.h"
#include "executors/executor_options.h"
#include "executors/files/sandboxed_files.h"
#include "executors/net/transfer_engine.h"
#include "executors/registry.h"
#include "executors/services.h"
#include "executors/task_type.h"

namespace carillon::testing {

class RealClock final : public Clock {
 public:
  [[nodiscard]] Instant wall() const override;
  [[nodiscard]] std::int64_t monotonic_ns() const override;
};

// A directory that is removed with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] std::string path(std::string_view below = {}) const;
  void write(std::string_view below, std::string_view text) const;
  [[nodiscard]] std::string read(std::string_view below) const;
  [[nodiscard]] bool has(std::string_view below) const;

 private:
  std::filesystem::path path_;
};

class FakePruner final : public HistoryPruner {
 public:
  Result<PrunedHistory> prune(Instant now, PruneMode mode) override;
  std::vector<PruneMode> calls;
};

class FakeStatistics final : public RunStatistics {
 public:
  Result<RunFigures> figures(Instant from, Instant to) const override;
  mutable Instant asked_from;
  mutable Instant asked_to;
  RunFigures answer;
};

class FakeLogs final : public LogStore {
 public:
  void append(const AttemptId& attempt, Instant at, LogStream stream, std::string text) override;
  Result<std::vector<LogLine>> read(const AttemptId& attempt, std::uint64_t sequence,
                                    std::size_t limit) const override;
  Result<std::uint64_t> dropped(const AttemptId&) const override { return 0; }
  [[nodiscard]] std::shared_ptr<void> follow(const AttemptId&, std::function<void()>) override {
    return nullptr;
  }
  Result<std::uint64_t> forget_before(Instant before) override;

  // All lines of a stream, joined by line ends.
  [[nodiscard]] std::string text(LogStream stream) const;

 private:
  mutable std::mutex mutex_;
  std::vector<LogLine> lines_;
};

class TypeHarness {
 public:
  using Adjust = std::function<void(ExecutorOptions&)>;
  explicit TypeHarness(const Adjust& adjust = {});

  // Runs `{"type": ..., ...}` to its end.
  AttemptEnding run(std::string_view parameters);

  // What a creator of the task would be told.
  [[nodiscard]] Result<void> validate(std::string_view parameters) const;

  [[nodiscard]] const TypeRegistry& types() const { return types_; }

  // Runs it on a thread; `meanwhile` is called while it runs.
  AttemptEnding run_and(std::string_view parameters, const std::function<void()>& meanwhile);

  TemporaryDirectory directory;
  ExecutorOptions options;
  FakePruner pruner;
  FakeStatistics statistics;
  FakeLogs logs;
  RealClock clock;
  AttemptDispatched dispatched;  // Attempt number, inputs and the like, for a test to change.
  std::shared_ptr<StopSignal> stop = std::make_shared<StopSignal>();

 private:
  SandboxedFiles files_;
  TransferEngine transfers_;
  TypeRegistry types_;
};

// The parts of an ending, or a failed expectation.
boost::json::object completed(const AttemptEnding& ending);
Failed failed(const AttemptEnding& ending);
bool is_cancelled(const AttemptEnding& ending);

// Waits until the condition holds, at most 20 s; returns whether it does.
bool eventually(const std::function<bool()>& condition);

}  // namespace carillon::testing
