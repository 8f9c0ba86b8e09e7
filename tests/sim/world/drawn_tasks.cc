// What the clients of a world ask for.
#include <fmt/format.h>

#include "tests/sim/world/draw.h"
#include "tests/sim/world/world_plan.h"

namespace carillon {
namespace {

// Worlds of days have slow schedules, so that every world has about as much to do.
bool is_long(const WorldPlan& plan) { return plan.faults_end > Duration::hours(3); }

void draw_cron(ScheduleSpec& schedule, Draw& draw, const WorldPlan& plan) {
  schedule.cron_dialect = CronDialect::spring;
  schedule.cron_expression =
      is_long(plan) ? draw.pick({"0 0 * * * *", "0 30 2 * * *", "0 */20 * * * *", "0 15 1-4 * * *"})
                    : draw.pick({"*/10 * * * * *", "*/15 * * * * *", "0 * * * * *",
                                 "30 */2 * * * *", "5,25,45 * * * * *"});
  if (draw.chance(400)) schedule.time_zone = draw.pick({"Europe/Berlin", "America/New_York"});
  if (!is_long(plan)) return;
  if (draw.chance(300)) schedule.dst_gap = draw.pick({DstGap::shift, DstGap::run_after});
  if (draw.chance(300)) schedule.dst_overlap = draw.pick({DstOverlap::first, DstOverlap::second});
}

void draw_schedule(ScheduleSpec& schedule, Draw& draw, const WorldPlan& plan) {
  schedule = {};
  switch (draw.below(6)) {
    case 0:
    case 1:
      schedule.every = is_long(plan) ? Duration::minutes(draw.pick({10, 25, 60, 600}))
                                     : Duration::seconds(draw.pick({3, 5, 7, 10, 20, 45, 60, 180}));
      if (draw.chance(200)) schedule.start_at = plan.start + Duration::seconds(90);
      if (draw.chance(150)) {
        schedule.end_at = plan.start + draw.between(Duration::seconds(120), plan.faults_end);
      }
      return;
    case 2:
    case 3:
      draw_cron(schedule, draw, plan);
      return;
    case 4:
      schedule.run_at = plan.start + draw.between(Duration::seconds(90), plan.faults_end);
      return;
    default:
      return;  // Once, when it is armed.
  }
}

void draw_retries(TaskDefinition& definition, Draw& draw) {
  definition.max_retries = static_cast<std::uint32_t>(draw.pick({0, 0, 1, 2, 3, 5}));
  definition.retry_delay = Duration::milliseconds(draw.pick({100, 1000, 3000, 10'000}));
  definition.retry = {};
  definition.retry.backoff = draw.pick({Backoff::fixed, Backoff::linear, Backoff::exponential});
  if (draw.chance(200)) {
    definition.retry.jitter =
        draw.pick({RetryJitter::full, RetryJitter::equal, RetryJitter::decorrelated});
  }
  if (draw.chance(200)) definition.retry.max_delay = Duration::seconds(15);
  if (draw.chance(150)) definition.retry.non_retryable = {"drawn"};
}

void draw_timeouts(Timeouts& timeouts, Draw& draw) {
  timeouts = {};
  timeouts.attempt = Duration::seconds(draw.pick({1, 5, 20, 60}));
  if (draw.chance(250)) timeouts.heartbeat = Duration::seconds(draw.pick({1, 4}));
  if (draw.chance(150)) timeouts.run = Duration::seconds(draw.pick({10, 60, 200}));
  if (draw.chance(150)) timeouts.schedule_to_start = Duration::seconds(draw.pick({2, 30}));
  if (draw.chance(120)) timeouts.deadline = Duration::seconds(draw.pick({5, 90}));
}

void draw_policies(TaskDefinition& definition, Draw& draw) {
  definition.misfire = draw.pick({Misfire::run_latest, Misfire::run_latest, Misfire::skip});
  definition.misfire_after = Duration::seconds(draw.pick({1, 10, 60, 60}));
  definition.on_lost = draw.chance(250) ? OnLost::fail : OnLost::rerun;
  definition.max_lost = static_cast<std::uint32_t>(draw.pick({0, 1, 3}));
  definition.priority = static_cast<std::uint32_t>(draw.below(10));
  if (draw.chance(200)) definition.jitter = Duration::milliseconds(draw.pick({500, 4000}));
  if (draw.chance(150)) definition.max_runs = draw.between(1, 5);
  definition.pause_on_failure = draw.chance(80);
}

WorkflowStep drawn_step(const std::string& name, Draw& draw) {
  WorkflowStep step{.name = name, .type = draw.pick({"work", "wait", "quick"})};
  step.max_retries = static_cast<std::uint32_t>(draw.below(3));
  step.retry_delay = Duration::milliseconds(draw.pick({100, 2000}));
  step.attempt_timeout = Duration::seconds(draw.pick({5, 30}));
  return step;
}

// One to five steps; a step may depend on any before it.
void draw_workflow(TaskDefinition& definition, Draw& draw) {
  definition.type = "workflow";
  definition.workflow.emplace();
  const std::uint64_t steps = draw.between(1, 5);
  for (std::uint64_t i = 0; i < steps; ++i) {
    WorkflowStep step = drawn_step(fmt::format("s{}", i), draw);
    for (std::uint64_t before = 0; before < i; ++before) {
      if (draw.chance(450)) step.depends_on.push_back(fmt::format("s{}", before));
    }
    definition.workflow->steps.push_back(std::move(step));
  }
}

}  // namespace

TaskDefinition drawn_definition(const WorldPlan& plan, const ClientCall& create) {
  Draw draw(create.seed);
  TaskDefinition definition;
  definition.name = fmt::format("t{}", create.task);
  definition.type = draw.pick({"work", "work", "wait", "quick"});
  definition.queue = QueueName{draw.pick({"default", "default", "q1", "q2"})};
  draw_schedule(definition.schedule, draw, plan);
  draw_retries(definition, draw);
  draw_timeouts(definition.timeouts, draw);
  draw_policies(definition, draw);
  if (draw.chance(130)) {
    draw_workflow(definition, draw);
  } else if (draw.chance(200)) {
    definition.type = "outside";
  }
  return definition;
}

void change_definition(TaskDefinition& definition, const ClientCall& update) {
  Draw draw(update.seed);
  switch (draw.below(6)) {
    case 0:
      definition.description = fmt::format("changed {}", draw.below(1000));
      break;
    case 1:
      draw_retries(definition, draw);
      break;
    case 2:
      draw_timeouts(definition.timeouts, draw);
      break;
    case 3:
      definition.schedule = {};
      if (draw.chance(700)) definition.schedule.every = Duration::seconds(draw.between(4, 90));
      break;
    case 4:
      draw_policies(definition, draw);
      break;
    default:
      definition.jitter = Duration::milliseconds(draw.pick({0, 700, 3000}));
      break;
  }
}

}  // namespace carillon
