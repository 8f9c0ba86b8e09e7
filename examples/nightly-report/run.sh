#!/usr/bin/env bash
# Plays a night of the example and prints what happened. See README.md.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rows=${ROWS:-100000}
scratch=$(mktemp -d)
secret=whsec_$(head -c 32 /dev/urandom | base64 -w0)
server=
receiver=

finish() {
  for process in $receiver $server; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$scratch"
}
trap finish EXIT

say() { printf '\n== %s\n' "$*"; }

give_up() {
  printf '%s\n' "$*" >&2
  exit 1
}

# wait_for FILE PROCESS: until the process has written the file; gives up when it has ended.
wait_for() {
  while [[ ! -s $1 ]]; do
    kill -0 "$2" 2>/dev/null || return 1
    sleep 0.1
  done
}

# A server of its own, on a free port. Tasks may reach this machine: the receiver is here.
start_server() {
  carillon dev --data-dir "$1" --listen 127.0.0.1:0 --port-file "$scratch/server-port" \
    --set executors.http.allow=127.0.0.1 >"$scratch/server.log" 2>&1 &
  server=$!
  wait_for "$scratch/server-port" "$server" || give_up "$(cat "$scratch/server.log")"
  CARILLON_SERVER=http://127.0.0.1:$(<"$scratch/server-port")
  export CARILLON_SERVER
}

# run_now NAME: runs a task beside its schedule and waits for its end.
run_now() { carillon task run "$1" --wait --timeout 5m -o name; }

command -v carillon >/dev/null || PATH=$(cd "$here/../.." && pwd)/build:$PATH
command -v carillon >/dev/null || give_up 'carillon is not built yet. Build it: ./dev build'

if [[ -z ${DATA_ROOT:-} ]]; then
  data=${1:-$scratch/data}
  start_server "$data"
  DATA_ROOT=$data/files
fi

say "data in $DATA_ROOT"
python3 "$here/make_data.py" "$DATA_ROOT/parcels" --rows "$rows"
mkdir -p "$DATA_ROOT/reports"
touch -d '10 days ago' "$DATA_ROOT/reports/late-old.csv"

python3 "$here/receiver.py" "$scratch/port" --secret "$secret" --refuse 1 >"$scratch/webhook" &
receiver=$!
wait_for "$scratch/port" "$receiver" || give_up 'The receiver did not start.'

say 'the night'
for old in $(carillon task list --filter 'tag:nightly-report' -o name); do
  carillon task delete "$old" --yes >/dev/null
done
# Who wants to see it does not want to wait until half past two: the first night is the next
# multiple of five seconds, and the only one (maxRuns).
sed -e "s|RECEIVER_URL|http://127.0.0.1:$(<"$scratch/port")/|" \
  -e "s|RECEIVER_SECRET|$secret|" "$here/tasks/night.json" |
  carillon task create -f - --cron '*/5 * * * * *' --set maxRuns=1 \
    --wait --timeout 5m -o name >/dev/null
carillon run list --task 'parcel night' -o table
head -n 4 "$DATA_ROOT/reports/late.csv"

say 'its webhook'
wait "$receiver"
receiver=
cat "$scratch/webhook"

say 'the nights to come'
carillon task edit 'parcel night' --set 'cronExpression=0 30 2 * * *' --unset maxRuns >/dev/null
carillon task schedule 'parcel night' >/dev/null
for task in cleanup report; do
  carillon task create -f "$here/tasks/$task.json" -o name >/dev/null
done
carillon task list --filter 'tag:nightly-report' -o table

say 'old reports go'
run_now 'old reports' >/dev/null
[[ ! -e $DATA_ROOT/reports/late-old.csv ]] || give_up 'The old report is still there.'
ls "$DATA_ROOT/reports"

say 'the morning report'
run_now 'morning report' >/dev/null
cat "$DATA_ROOT/reports/tasks.md"
