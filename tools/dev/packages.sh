# shellcheck shell=bash
# Debian packages: which are missing, and how they get here. The list is tools/packages.txt.

# Sets `missing` to the packages of the named groups that are not installed. One call of dpkg-query.
find_missing() {
  local name group rest wanted=() state
  local -A installed=()
  while read -r name group rest; do
    if [[ $name != '#'* && " $* " == *" $group "* ]]; then wanted+=("$name"); fi
  done <tools/packages.txt
  while read -r state name; do
    if [[ $state == installed ]]; then installed[$name]=1; fi
  done < <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null)
  missing=()
  for name in "${wanted[@]}"; do
    if [[ -z ${installed[$name]:-} ]]; then missing+=("$name"); fi
  done
}

# A cargo of 1.74 or newer reads the lock file; older ones, as in plain Debian 12, do not.
has_cargo() {
  local version
  version=$(cargo --version 2>/dev/null) || return 1
  [[ $version =~ ^cargo\ ([0-9]+)\.([0-9]+) ]] || return 1
  ((BASH_REMATCH[1] > 1 || BASH_REMATCH[2] >= 74))
}

# ensure_packages GROUP...: installs what is missing. Does not run apt when nothing is.
ensure_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "this is not a Debian system; the libraries of tools/packages.txt must be here already"
    return 0
  fi
  local missing
  find_missing "$@"
  ((${#missing[@]})) || return 0
  phase packages install_packages "${missing[@]}"
}

install_packages() {
  local as_root=() install
  install=(apt-get install -y -q --no-install-recommends --no-remove "$@")
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null || { [[ ! -t 0 ]] && ! sudo -n true 2>/dev/null; }; then
      say "$# Debian packages are missing, and only an administrator can add them. To do so:"
      printf '  apt-get update && %s\n' "${install[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  say "installing $# Debian packages that are missing (tools/packages.txt says why each): $*"
  local environment=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive)
  with_progress build/log/apt-update.log "${environment[@]}" apt-get update -q ||
    say "apt-get update had a problem; trying with the package lists at hand"
  with_progress build/log/apt-install.log "${environment[@]}" "${install[@]}"
}
