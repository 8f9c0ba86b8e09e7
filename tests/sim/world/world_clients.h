// The clients of a simulated world: they send a plan's calls to the gateway of whatever process is
// up, and keep their own record of what they were answered. One thread.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/gateway.h"
#include "tests/sim/sim_clock.h"
#include "tests/sim/world/agenda.h"
#include "tests/sim/world/history.h"

namespace carillon {

class WorldClients {
 public:
  // `history` is where records go; it must outlive the clients.
  WorldClients(const WorldPlan& plan, const SimClock& clock, History& history)
      : plan_(plan), clock_(clock), history_(history) {}

  // Sends a call, or notes that it could not be sent: its task is not known, nobody is up.
  void send(const ClientCall& call);

  void come_up(Gateway& gateway) { gateway_ = &gateway; }

  // Every connection breaks. Calls with a request key are sent again later.
  void go_down();

  // Asks that every task known goes on, so that nothing waits for a person at the end.
  void resume_all();

  bool act() { return agenda_.do_one(clock_.passed()); }
  [[nodiscard]] std::optional<Duration> next() const { return agenda_.next(); }

 private:
  void ask(std::size_t record);
  void ask_to_create(std::size_t record);
  void ask_to_update(std::size_t record);
  void command(std::size_t record);
  [[nodiscard]] Caller caller_of(std::size_t record) const;
  [[nodiscard]] TaskCommand command_of(const ClientCall& call) const;
  Reply reply_to(std::size_t record);
  void take_answer(std::size_t record, CommandOutcome outcome);
  void try_later(std::size_t record);
  [[nodiscard]] std::optional<TaskId> task_of(std::uint32_t number) const;

  const WorldPlan& plan_;
  const SimClock& clock_;
  History& history_;
  Gateway* gateway_ = nullptr;
  std::vector<std::size_t> open_;  // Records without an answer.
  std::map<std::uint32_t, TaskId> tasks_;
  Agenda agenda_;
  std::uint64_t resumes_ = 0;
};

}  // namespace carillon
