#!/usr/bin/env bash
# Plays a night of the example against a running server and prints what happened. See README.md.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data_root=${DATA_ROOT:?Set DATA_ROOT to the folder "files" in the data directory of the server.}
rows=${ROWS:-100000}
secret=whsec_$(head -c 32 /dev/urandom | base64 -w0)
scratch=$(mktemp -d)
receiver=

finish() {
  if [[ -n $receiver ]]; then kill "$receiver" 2>/dev/null || true; fi
  rm -rf "$scratch"
}
trap finish EXIT

say() { printf '\n== %s\n' "$*"; }

seconds() { date +%s.%N; }

# run_now NAME: runs a task beside its schedule, waits for its end, prints how long that took.
run_now() {
  local began
  began=$(seconds)
  carillon task run "$1" --wait --timeout 5m -o name >/dev/null
  awk -v name="$1" -v a="$began" -v b="$(seconds)" 'BEGIN { printf "%s: %.1f s\n", name, b - a }'
}

say "data below $data_root"
python3 "$here/make_data.py" "$data_root/parcels" --rows "$rows"
mkdir -p "$data_root/reports"
touch -d '10 days ago' "$data_root/reports/late-old.csv"

say 'tasks'
for old in $(carillon task list --filter 'tag:nightly-report' -o name); do
  carillon task delete "$old" --yes >/dev/null
done
for task in figures report cleanup; do
  carillon task create -f "$here/tasks/$task.json" -o name >/dev/null
done
carillon task list --filter 'tag:nightly-report' -o table

say 'figures'
run_now 'parcel figures'
head -n 4 "$data_root/reports/late.csv"

say 'webhook'
python3 "$here/receiver.py" "$scratch/port" --secret "$secret" &
receiver=$!
for ((wait = 0; wait < 100; ++wait)); do
  [[ -f $scratch/port ]] && break
  sleep 0.1
done
carillon task create -f "$here/tasks/tell.json" --param "secret=$secret" \
  --param "url=http://127.0.0.1:$(<"$scratch/port")/" --wait --timeout 1m -o name >/dev/null
wait "$receiver"
receiver=

say 'cleanup'
run_now 'old reports'
if [[ -e $data_root/reports/late-old.csv ]]; then
  echo 'The old report is still there.'
  exit 1
fi
ls "$data_root/reports"

say 'report'
run_now 'morning report'
cat "$data_root/reports/tasks.md"

say 'runs'
for task in 'parcel figures' 'tell the depot' 'old reports' 'morning report'; do
  carillon run list --task "$task" --limit 1 -o table | tail -n 1
done
