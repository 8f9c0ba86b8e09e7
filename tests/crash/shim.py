"""What the tests tell the preloaded library, and what it tells them."""

import mmap
import os
import pathlib
import struct

LIBRARY = os.environ.get("CARILLON_CRASH_SHIM", "build/tests/libcrash_shim.so")


class Shim:
    """The library's files, in a folder of their own that outlives the server's processes."""

    def __init__(self, folder, root):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.root = pathlib.Path(root).resolve()
        self.names = self.folder / "names"
        self.log = self.folder / "steps"
        self._count = self.folder / "count"
        self._count.write_bytes(bytes(16))
        with open(self._count, "rb") as file:
            self._mapped = mmap.mmap(file.fileno(), 16, prot=mmap.PROT_READ)

    def environment(self, names=False, log=False, kill=None, fail=None):
        """The variables of the next process; kill is "before:NAME:N", fail "NAME:N:ERRNO:once"."""
        variables = {"LD_PRELOAD": str(pathlib.Path(LIBRARY).resolve()),
                     "CARILLON_SHIM_ROOT": str(self.root),
                     "CARILLON_SHIM_COUNT": str(self._count)}
        if names:
            variables["CARILLON_SHIM_NAMES"] = str(self.names)
        if log:
            variables["CARILLON_SHIM_LOG"] = str(self.log)
        if kill:
            variables["CARILLON_SHIM_KILL"] = kill
        if fail:
            variables["CARILLON_SHIM_FAIL"] = fail
        return variables

    @property
    def count(self):
        """How many steps there were, of all processes."""
        return struct.unpack("<Q", self._mapped[:8])[0]

    @property
    def matched(self):
        """How many calls of the last process match what is to fail."""
        return struct.unpack("<Q", self._mapped[8:16])[0]

    def step_names(self):
        """The name of each step so far, in order."""
        if not self.names.exists():
            return []
        return [line.split(" ", 2)[1] for line in self.names.read_text().splitlines()]

    def close(self):
        self._mapped.close()
