#include "cli/verbs/task_verbs.h"
#include "cli/verbs/verbs.h"

namespace carillon::cli {

CommandSpec task_commands() {
  return {.name = "task",
          .summary = "Create, watch and steer tasks.",
          .examples = "carillon task create hello --type noop --every 10s\ncarillon task list",
          .commands = {task_create_command(), task_list_command(), task_get_command(),
                       task_edit_command(), task_schedule_command(), task_run_command(),
                       task_retry_command(), task_pause_command(), task_resume_command(),
                       task_cancel_command(), task_delete_command(), task_events_command(),
                       task_watch_command()}};
}

}  // namespace carillon::cli
