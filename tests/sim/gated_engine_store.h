// A simulated store for tests with real threads: every call is locked, and commits can be held at
// the gate or made to fail. Thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "tests/sim/sim_engine_store.h"

namespace carillon {

class GatedEngineStore final : public EngineStore {
 public:
  GatedEngineStore() : store_(disk_) {}

  // Commits wait from now on until the gate is opened.
  void close_gate() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  void open_gate() {
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
    }
    moved_.notify_all();
  }

  // Returns when a commit stands at the closed gate.
  void await_commit_at_gate() {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [this] { return waiting_ > 0; });
  }

  // Runs `change` on the disk while no call is under way.
  template <class Change>
  auto with_disk(Change&& change) {
    const std::lock_guard lock(mutex_);
    return change(disk_);
  }

  [[nodiscard]] StoreMark mark() const override {
    const std::lock_guard lock(mutex_);
    return store_.mark();
  }
  Result<void> commit(const EngineBatch& batch) override {
    std::unique_lock lock(mutex_);
    ++waiting_;
    moved_.notify_all();
    moved_.wait(lock, [this] { return open_; });
    --waiting_;
    return store_.commit(batch);
  }
  Result<void> reopen() override {
    const std::lock_guard lock(mutex_);
    return store_.reopen();
  }
  Result<std::optional<Bytes>> get(const StateKey& key) const override {
    const std::lock_guard lock(mutex_);
    return store_.get(key);
  }
  Result<std::vector<std::optional<Bytes>>> get_together(
      OperatorName op, std::string_view key,
      std::span<const std::uint64_t> subkeys) const override {
    const std::lock_guard lock(mutex_);
    return store_.get_together(op, key, subkeys);
  }
  Result<std::vector<Key>> keys_of(OperatorName op) const override {
    const std::lock_guard lock(mutex_);
    return store_.keys_of(op);
  }
  Result<void> scan_state(
      OperatorName op, std::string_view from,
      const std::function<bool(const StateKey&, std::string_view)>& visit) const override {
    const std::lock_guard lock(mutex_);
    return store_.scan_state(op, from, visit);
  }
  Result<void> scan_wake_ups(const std::function<void(const WakeUp&)>& visit) const override {
    const std::lock_guard lock(mutex_);
    return store_.scan_wake_ups(visit);
  }
  Result<std::vector<JournalRecord>> journal_after(JournalPosition from,
                                                   std::size_t limit) const override {
    const std::lock_guard lock(mutex_);
    return store_.journal_after(from, limit);
  }
  Result<std::vector<FactRecord>> facts_after(Topic topic, JournalPosition from,
                                              std::size_t limit) const override {
    const std::lock_guard lock(mutex_);
    return store_.facts_after(topic, from, limit);
  }
  Result<std::vector<DeadLetter>> dead_letters(std::size_t limit) const override {
    const std::lock_guard lock(mutex_);
    return store_.dead_letters(limit);
  }
  Result<std::optional<Bytes>> get_blob(std::string_view name) const override {
    const std::lock_guard lock(mutex_);
    return store_.get_blob(name);
  }
  Result<void> put_blob(std::string_view name, std::string_view value) override {
    const std::lock_guard lock(mutex_);
    return store_.put_blob(name, value);
  }
  Result<void> forget_until(JournalPosition position) override {
    const std::lock_guard lock(mutex_);
    return store_.forget_until(position);
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable moved_;
  bool open_ = true;
  int waiting_ = 0;
  SimDisk disk_;
  SimEngineStore store_;
};

}  // namespace carillon
