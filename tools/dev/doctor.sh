# shellcheck shell=bash disable=SC2154  # deps and others are set by ./dev.
# What this machine has and lacks, one line each; ends with status 1 if something must be done.

doctor() {
  local missing bad=0 system=unknown
  if [[ -r /etc/os-release ]]; then system=$(. /etc/os-release && printf '%s' "$PRETTY_NAME"); fi
  row ok system "$system, $(uname -m), $(nproc) cores, $(memory)"
  row ok disk "$(df -h --output=avail . | tail -n 1 | tr -d ' ') free; a full build takes about 2G"
  if command -v dpkg-query >/dev/null; then
    find_missing build tidy
    if ((${#missing[@]})); then
      row -- packages "missing, ./dev build will install them: ${missing[*]}"
      bad=1
    else
      row ok packages 'all that building and testing needs'
    fi
    find_missing sanitize deep bench
    if ((${#missing[@]})); then row ok 'on demand' "not installed yet: ${missing[*]}"; fi
  fi
  row_of compiler clang++-19 --version || bad=1
  row_of cmake cmake --version || bad=1
  row_of ninja ninja --version || bad=1
  if has_rocksdb; then
    row ok rocksdb "built, in $deps/rocksdb"
  else
    row -- rocksdb 'not built; ./dev build does it, once, in about 4 to 8 minutes'
    if has_cargo; then row ok cargo "$(cargo --version)"; else
      row ok cargo 'none that is new enough; ./dev build installs cargo-web'
    fi
    bad=1
  fi
  if [[ -x build/carillon ]]; then row ok server 'built, in build/carillon'; else
    row -- server 'not built; ./dev run builds and starts it'
  fi
  return "$bad"
}

row() { printf '%-3s %-10s %s\n' "$@"; }

# row_of NAME COMMAND...: the first line that the command prints, or that it is missing.
row_of() {
  local line
  if line=$("${@:2}" 2>/dev/null | head -n 1) && [[ -n $line ]]; then
    row ok "$1" "$line"
  else
    row -- "$1" 'missing; ./dev build installs it'
    return 1
  fi
}

memory() {
  local name size
  while read -r name size _; do
    if [[ $name == MemTotal: ]]; then printf '%d GB of memory' $((size / 1000000)); fi
  done </proc/meminfo
}
