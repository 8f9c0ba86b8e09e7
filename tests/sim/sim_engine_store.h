// An EngineStore in memory whose disk survives the process and fails on demand. One thread.
//
// SimDisk is what outlives a crash; SimEngineStore is one opening of it. The engine's view is the
// disk plus nothing: a commit is on the disk when it returns, so an acknowledged one is never lost,
// and a failing one is on it or not as the fault says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/engine_store.h"

namespace carillon {

// What happens to one commit, counted from 1 over the life of the disk.
struct CommitFault {
  enum class Fate : std::uint8_t { dropped, kept };
  std::uint64_t commit = 0;
  ErrorCode code = ErrorCode::io_failed;
  Fate fate = Fate::dropped;  // Whether the disk has the batch all the same.
};

struct SimDisk {
  std::map<StateKey, Bytes> state;
  std::map<std::pair<OperatorName, Key>, Instant> wake_ups;
  std::map<JournalPosition, JournalRecord> journal;
  std::map<std::pair<Topic, JournalPosition>, FactRecord> facts;
  std::vector<DeadLetter> dead_letters;
  std::map<std::string, Bytes, std::less<>> blobs;
  std::vector<JournalRecord> forgotten_journal;  // What retention removed, for witnesses.
  std::vector<FactRecord> forgotten_facts;
  StoreMark mark{.journal_from = JournalPosition(1)};

  std::uint64_t commits = 0;                // Tried so far.
  std::vector<CommitFault> commit_faults;   // Of commits to come.
  std::uint64_t reads = 0;                  // State reads so far.
  std::optional<std::uint64_t> read_fault;  // The state read that fails, counted from 1.
  bool full = false;                        // Commits and reopens answer storage_full.
};

class SimEngineStore final : public EngineStore {
 public:
  // One opening of the disk: takes the next boot epoch.
  explicit SimEngineStore(SimDisk& disk);

  [[nodiscard]] StoreMark mark() const override { return disk_.mark; }
  Result<void> commit(const EngineBatch& batch) override;
  Result<void> reopen() override;
  Result<std::optional<Bytes>> get(const StateKey& key) const override;
  Result<std::vector<std::optional<Bytes>>> get_together(
      OperatorName op, std::string_view key, std::span<const std::uint64_t> subkeys) const override;
  Result<std::vector<Key>> keys_of(OperatorName op) const override;
  Result<void> scan_state(
      OperatorName op, std::string_view from,
      const std::function<bool(const StateKey&, std::string_view)>& visit) const override;
  Result<void> scan_wake_ups(const std::function<void(const WakeUp&)>& visit) const override;
  Result<std::vector<JournalRecord>> journal_after(JournalPosition from,
                                                   std::size_t limit) const override;
  Result<std::vector<FactRecord>> facts_after(Topic topic, JournalPosition from,
                                              std::size_t limit) const override;
  Result<std::vector<DeadLetter>> dead_letters(std::size_t limit) const override;
  Result<std::optional<Bytes>> get_blob(std::string_view name) const override;
  Result<void> put_blob(std::string_view name, std::string_view value) override;
  Result<void> forget_until(JournalPosition position) override;

 private:
  void apply(const EngineBatch& batch);

  SimDisk& disk_;
  std::optional<Error> failed_;
};

}  // namespace carillon
