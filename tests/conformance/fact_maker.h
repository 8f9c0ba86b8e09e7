// Random but plausible facts and filters: few values, so that ties, matches and changes are common.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "domain/filter/filter.h"
#include "domain/record/facts.h"
#include "ports/engine_store.h"

namespace carillon {

// The moment relative times in made filters count from.
inline constexpr Instant kMadeNow = Instant::from_unix_ms(1'767'225'600'000);

class FactMaker {
 public:
  explicit FactMaker(std::uint64_t seed) : random_(seed) {}

  // The next fact of a random task, the first of a task with its definition. Sometimes it deletes
  // or purges one.
  FactRecord next();

  // The text of a filter that parse_filter reads.
  std::string filter_text();

  // Tasks that facts were made for, gone ones included.
  [[nodiscard]] std::vector<TaskId> tasks() const;

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

 private:
  TaskDefinition definition();
  TaskRow row();
  RunRow run(const TaskId& task);
  SlotRow slot(const TaskId& task);
  Instant moment();
  std::string term_text();
  const std::string& pick(const std::vector<std::string>& values);

  std::mt19937_64 random_;
  std::uint64_t position_ = 0;
  std::map<TaskId, std::uint64_t> versions_;
  std::set<TaskId> purged_;  // Late facts of these still come, but never a definition.
};

// Whether one of the made parameter texts has the member, by the rules of the filter language. Only
// terms that filter_text makes are answered.
bool made_parameter_matches(const JsonText& parameters, const FilterTerm& term,
                            const std::string& value);

}  // namespace carillon
