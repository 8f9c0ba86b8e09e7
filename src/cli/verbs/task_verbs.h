// The verbs below `carillon task`, one builder per verb.
#pragma once

#include "cli/command_spec.h"

namespace carillon::cli {

CommandSpec task_create_command();
CommandSpec task_list_command();
CommandSpec task_get_command();
CommandSpec task_events_command();
CommandSpec task_watch_command();
CommandSpec task_edit_command();
CommandSpec task_schedule_command();
CommandSpec task_pause_command();
CommandSpec task_resume_command();
CommandSpec task_run_command();
CommandSpec task_retry_command();
CommandSpec task_cancel_command();
CommandSpec task_delete_command();

}  // namespace carillon::cli
