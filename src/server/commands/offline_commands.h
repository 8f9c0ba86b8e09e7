// The verbs that work on data without a server: replay, journal export, backup, restore, doctor.
// Each returns the exit code.
#pragma once

#include "cli/environment.h"
#include "cli/server_commands.h"

namespace carillon::server {

int replay(const cli::CliEnvironment& environment, const cli::ReplayOptions& options);
int export_journal(const cli::CliEnvironment& environment,
                   const cli::JournalExportOptions& options);
int backup(const cli::CliEnvironment& environment, const cli::BackupOptions& options);
int restore(const cli::CliEnvironment& environment, const cli::RestoreOptions& options);
int schema(const cli::CliEnvironment& environment, const cli::SchemaOptions& options);
int doctor(const cli::CliEnvironment& environment, const cli::DoctorOptions& options);

}  // namespace carillon::server
