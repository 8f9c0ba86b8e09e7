#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "domain/words.h"
#include "tests/sim/checks/checks.h"

namespace carillon {
namespace {

// One task that was made for a step: when its run began and completed, by position in the stream.
struct StepCourse {
  const TaskStory* story = nullptr;
  JournalPosition made;
  std::optional<JournalPosition> began;
  std::optional<JournalPosition> completed;
  std::string result;
};

StepCourse course_of(const TaskStory& story) {
  StepCourse course{.story = &story, .made = story.facts.front().position};
  for (const ToldFact& told : story.facts) {
    if (!told.fact.run) continue;
    if (told.type == FactType::run_started && !course.began) course.began = told.position;
    if (told.fact.run->status == RunStatus::completed && !course.completed) {
      course.completed = told.position;
      course.result = told.fact.run->outcome.result.text();
    }
  }
  return course;
}

// The tasks of every step of a run, oldest first: each attempt of the run makes its own.
using Steps = std::map<std::string, std::vector<StepCourse>>;

// The newest task of a step that was made before `position`.
const StepCourse* made_before(const Steps& steps, const std::string& name,
                              JournalPosition position) {
  const auto courses = steps.find(name);
  if (courses == steps.end()) return nullptr;
  const StepCourse* newest = nullptr;
  for (const StepCourse& course : courses->second) {
    if (course.made < position) newest = &course;
  }
  return newest;
}

void check_course(const WorkflowStep& step, const StepCourse& course, const Steps& steps,
                  Verdict& verdict) {
  if (!course.began) return;
  for (const std::string& name : step.depends_on) {
    const StepCourse* const before = made_before(steps, name, course.made);
    if (before == nullptr || !before->completed || *before->completed > *course.began) {
      verdict.broken("a step starts when what it depends on has completed",
                     fmt::format("{} ({}) began before {} was done", step.name,
                                 to_text(course.story->id), name));
      continue;
    }
    const std::string& inputs = course.story->definition_at(0).inputs.text();
    if (inputs.find(before->result) == std::string::npos) {
      verdict.broken("a step gets the results of those before it",
                     fmt::format("{} ({}) got {}", step.name, to_text(course.story->id), inputs));
    }
  }
}

// A workflow that completed has completed all its steps.
void check_end(const WorkflowSpec& spec, const Steps& steps, const RunRow& run, Verdict& verdict) {
  if (run.status != RunStatus::completed) return;
  for (const WorkflowStep& step : spec.steps) {
    const auto courses = steps.find(step.name);
    if (courses != steps.end() && !courses->second.empty() && courses->second.back().completed) {
      continue;
    }
    verdict.broken("a workflow completes with all its steps",
                   fmt::format("run {} completed without {}", to_text(run.id), step.name));
  }
}

}  // namespace

void check_workflows(const Checked& checked, Verdict& verdict) {
  std::map<RunId, Steps> workflows;
  for (const auto& [id, story] : checked.stories.tasks) {
    const auto& parent = story.definition_at(0).parent;
    if (!parent) continue;
    workflows[parent->workflow_run][parent->step].push_back(course_of(story));
  }
  for (auto& [run, steps] : workflows) {
    for (auto& [name, courses] : steps) std::ranges::sort(courses, {}, &StepCourse::made);
    const TaskStory* story = checked.stories.find(run.task);
    const RunFacts* facts = story == nullptr ? nullptr : story->find_run(run.number);
    // An edit does not reach a run that has started.
    const TaskDefinition* definition =
        facts == nullptr ? nullptr : &story->definition_at(facts->first);
    if (definition == nullptr || !definition->workflow) {
      verdict.broken("a step belongs to a workflow", to_text(run));
      continue;
    }
    const RunRow& row = story->latest(*facts);
    for (const WorkflowStep& step : definition->workflow->steps) {
      if (steps[step.name].size() > row.attempt) {
        verdict.broken("an attempt of a workflow makes a step once",
                       fmt::format("{} of run {}", step.name, to_text(run)));
      }
      for (const StepCourse& course : steps[step.name]) check_course(step, course, steps, verdict);
    }
    if (!story->has(FactType::task_status_set)) {
      check_end(*definition->workflow, steps, row, verdict);
    }
  }
}

}  // namespace carillon
