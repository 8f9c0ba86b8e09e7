// Which server a command talks to and with which credentials. Pure but for the reading of files.
#pragma once

#include <string>

#include "cli/command_spec.h"
#include "cli/environment.h"

namespace carillon::cli {

struct Endpoint {
  std::string server;
  std::string token;      // May be empty.
  bool is_named = false;  // By flag, variable or profile; else it is the default.
};

// Flag, then CARILLON_SERVER and CARILLON_TOKEN, then the profile, then http://127.0.0.1:8080.
//
// Profiles stand in $XDG_CONFIG_HOME/carillon/config.json (or ~/.config/carillon/config.json):
//   {"current": "prod", "profiles": {"prod": {"server": "https://…", "tokenFile": "/path"}}}
// A token of the profile is used only for the profile's own server, so that naming another server
// never hands it to a stranger.
//
// Errors  usage  an address that is none, a file that is not JSON, a profile that does not exist
CliResult<Endpoint> choose_endpoint(const SharedValues& typed, const CliEnvironment& environment);

}  // namespace carillon::cli
