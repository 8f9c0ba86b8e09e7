# shellcheck shell=bash
# What ./dev tells: sentences, commands and seconds. All of it goes to standard error, so that the
# output of a command that ./dev starts can be piped.

phase_names=()
phase_ms=()

say() { printf 'dev: %s\n' "$*" >&2; }

# give_up STATUS SENTENCE
give_up() {
  printf 'dev: %s\n' "$2" >&2
  exit "$1"
}

# Prints the plain command, then runs it.
run() {
  show "$@"
  "$@"
}

show() {
  local word line='+'
  for word in "$@"; do
    if [[ $word =~ ^[A-Za-z0-9_./:=,+@%^-]+$ ]]; then line+=" $word"; else line+=" ${word@Q}"; fi
  done
  printf '%s\n' "$line" >&2
}

now_ms() { now=$((${EPOCHREALTIME//[!0-9]/} / 1000)); }

seconds_of() { printf -v seconds '%d.%d s' $(($1 / 1000)) $(($1 % 1000 / 100)); }

# phase NAME COMMAND...: runs the command and remembers how long it took. Not `"$@" || status=$?`,
# which would turn `set -e` off inside the command.
phase() {
  local name=$1 started status now seconds
  shift
  now_ms
  started=$now
  "$@"
  status=$?
  now_ms
  phase_names+=("$name")
  phase_ms+=($((now - started)))
  if ((now - started >= 1000)); then
    seconds_of $((now - started))
    say "$name took $seconds"
  fi
  return "$status"
}

phase_table() {
  local index seconds
  for index in "${!phase_names[@]}"; do
    seconds_of "${phase_ms[index]}"
    printf '  %-14s %9s\n' "${phase_names[index]}" "$seconds" >&2
  done
}

# with_progress LOG COMMAND...: on a terminal the command shows itself; elsewhere its output goes to
# the log, with a line every 30 seconds, and the end of the log is shown if it fails.
with_progress() {
  local log=$1 worker status=0 waited=0
  shift
  show "$@"
  if [[ -t 2 ]]; then
    "$@" >&2
    return
  fi
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 &
  worker=$!
  while kill -0 "$worker" 2>/dev/null; do
    sleep 0.2
    if ((++waited % 150 == 0)); then
      say "still at it after $((waited / 5)) s: $(tail -n 1 "$log" | tr -d '\r' | cut -c 1-90)"
    fi
  done
  wait "$worker" || status=$?
  if ((status != 0)); then
    tail -n 40 "$log" >&2
    say "the whole output is in $log"
  fi
  return "$status"
}
