# shellcheck shell=bash disable=SC2154  # deps is set by ./dev.
# RocksDB, built once from a pinned source archive (docs/decisions/0001-rocksdb-from-crate.md).

crate=librocksdb-sys-0.19.0+11.8.1
archive=$deps/rocksdb/lib/librocksdb.a
stamp=$deps/rocksdb/built-from

# The stamp holds the recipe that the library was built from. A folder named by CARILLON_DEPS is
# shared by several worktrees, so a library found there is taken as it is.
has_rocksdb() {
  [[ -f $archive ]] || return 1
  [[ -n ${CARILLON_DEPS:-} ]] && return 0
  [[ -f $stamp && $(<"$stamp") == "$(recipe_hash)" ]]
}

recipe_hash() {
  cat deps/rocksdb/CMakeLists.txt deps/rocksdb/Cargo.toml deps/rocksdb/Cargo.lock | sha256sum
}

# Fetches and builds RocksDB if it is not here. An interrupted build goes on where it stopped.
ensure_rocksdb() {
  has_rocksdb && return 0
  mkdir -p "$deps"
  exec {lock}>"$deps/lock"
  flock "$lock" # A second ./dev waits here and then finds the library built.
  if ! has_rocksdb; then
    say "building RocksDB $crate, once: about 4 to 8 minutes on 2 cores, kept in $deps"
    phase 'fetch rocksdb' fetch_rocksdb
    phase 'build rocksdb' build_rocksdb
  fi
  exec {lock}>&-
}

fetch_rocksdb() {
  [[ -f $deps/vendor/$crate/.cargo-checksum.json ]] && return 0
  has_cargo || give_up 1 "cargo 1.74 or newer is needed, not $(cargo --version 2>&1)"
  (
    show cd deps/rocksdb
    cd deps/rocksdb || exit
    # Its standard output is a configuration for Rust builds, which there are none of.
    run cargo vendor --quiet --locked --versioned-dirs "$deps/vendor" >/dev/null
  )
}

build_rocksdb() {
  local tree=$deps/rocksdb/build
  with_progress build/log/rocksdb-configure.log cmake -G Ninja -S deps/rocksdb -B "$tree" \
    "-DROCKSDB_CRATE=$deps/vendor/$crate" -DCMAKE_CXX_COMPILER=clang++-19 \
    -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "-DCMAKE_INSTALL_PREFIX=$deps/rocksdb"
  with_progress build/log/rocksdb-build.log ninja -C "$tree" -j "$(nproc)"
  with_progress build/log/rocksdb-install.log cmake --install "$tree"
  recipe_hash >"$stamp"
  # The library and its headers are all that is used from now on.
  rm -rf "$tree" "${deps:?}/vendor"
}
