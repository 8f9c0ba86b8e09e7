// The verbs that work on data without a server: replay, journal export, backup, restore, doctor,
// cron explain. Each verb returns the exit code.
#pragma once

#include <string_view>

#include "cli/environment.h"
#include "cli/server_commands.h"

namespace carillon::server {

int replay(const cli::CliEnvironment& environment, const cli::ReplayOptions& options);
int export_journal(const cli::CliEnvironment& environment,
                   const cli::JournalExportOptions& options);
int backup(const cli::CliEnvironment& environment, const cli::BackupOptions& options);
int restore(const cli::CliEnvironment& environment, const cli::RestoreOptions& options);
int schema(const cli::CliEnvironment& environment, const cli::SchemaOptions& options);
// What a server would answer to POST /api/v1/cron/explain, with the zones of this machine.
cli::RestAnswer explain_cron(const cli::CliEnvironment& environment, std::string_view body);

int doctor(const cli::CliEnvironment& environment, const cli::DoctorOptions& options);

}  // namespace carillon::server
