// Runs a scenario: lines of what happens and what is expected, in virtual time, on a whole
// simulated engine. The format is described in README.md beside this file. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tests/scenario/scenario_text.h"
#include "tests/scenario/task_ledger.h"
#include "tests/sim/sim_host.h"

namespace carillon {

struct ScenarioSetup {
  OperatorMaker make;
  const ZoneSource* zones = nullptr;
  std::uint64_t seed = 1;
};

class ScenarioRunner {
 public:
  explicit ScenarioRunner(ScenarioSetup setup) : setup_(std::move(setup)) {}

  // Runs all lines.
  //
  // Errors  invalid_value  a line cannot be read, or an expectation does not hold; the message says
  //                        which line, what was expected and what is
  Result<void> run(std::string_view text);

 private:
  using Words = std::vector<std::string>;
  struct Verb {
    std::string_view word;
    std::size_t words_min;  // Of the line, the verb included.
    Result<void> (ScenarioRunner::*run)(const Words&);
  };
  enum class Armed : std::uint8_t { no, yes };

  Result<void> run_line(const Words& words);
  SimHost& host();
  void follow();

  // What happens.
  Result<void> at(const Words& words);
  Result<void> advance(const Words& words);
  Result<void> set_clock(const Words& words);
  Result<void> crash(const Words& words);
  Result<void> down(const Words& words);
  Result<void> up(const Words& words);
  Result<void> disk(const Words& words);
  Result<void> fail_commit(const Words& words);
  Result<void> plan_attempts(const Words& words);

  // What somebody asks.
  Result<void> define(const Words& words);
  Result<void> create(const Words& words);
  Result<void> update(const Words& words);
  Result<void> schedule(const Words& words);
  Result<void> pause(const Words& words);
  Result<void> resume(const Words& words);
  Result<void> cancel(const Words& words);
  Result<void> retry(const Words& words);
  Result<void> run_now(const Words& words);
  Result<void> remove(const Words& words);
  Result<void> set_status(const Words& words);
  Result<void> create_many(const Words& words);
  Result<void> change_queue(const Words& words);
  Result<void> create_task(const Words& words, Armed armed);
  template <class Command>
  Result<void> command(const std::string& task, RecordType type, Command command);

  // What must hold.
  Result<void> expect(const Words& words);
  Result<void> expect_status(const Words& words);
  Result<void> expect_next(const Words& words);
  Result<void> expect_slot(const Words& words);
  Result<void> expect_slots(const Words& words);
  Result<void> expect_run(const Words& words);
  Result<void> expect_runs(const Words& words);
  Result<void> expect_attempts(const Words& words);
  Result<void> expect_started(const Words& words);
  Result<void> expect_step(const Words& words);
  Result<void> expect_answer(const Words& words);
  Result<const KnownTask*> known(const std::string& task);
  TaskId id_of(const std::string& task);
  [[nodiscard]] std::string slots_text(const KnownTask& task) const;
  [[nodiscard]] std::string moment_text(Instant moment) const;

  const ScenarioSetup setup_;
  Instant day_ = SimHostOptions{}.start;  // What a bare time of day belongs to.
  std::unique_ptr<SimHost> host_;
  std::size_t facts_followed_ = 0;
  TaskLedger ledger_;
  std::map<std::string, TaskId> ids_;
  std::map<std::string, TaskDefinition> definitions_;
  std::string last_answer_;
};

}  // namespace carillon
