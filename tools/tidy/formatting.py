"""clang-format over the C++ files. Files whose text passed before are known by their hash."""

import concurrent.futures
import hashlib
import os
import re
import shutil
import subprocess

from tree import Finding

_COMPLAINT = re.compile(r"^(.*?):(\d+):\d+: \w+: code should be clang-formatted", re.MULTILINE)
_TOOLS = ("clang-format-19", "clang-format")
_BATCH = 24


def tool():
    return next((name for name in _TOOLS if shutil.which(name)), None)


def key_of(file, style):
    return hashlib.sha1((style + "\0" + file.text).encode()).hexdigest()


def check(tree, passed, fix):
    """Yields a finding per file that is not formatted; `passed` is a set of hashes and grows."""
    name = tool()
    if name is None:
        yield Finding(".clang-format", 1, "format", "clang-format-19 is missing; run ./dev tidy")
        return
    style_path = tree.root / ".clang-format"
    style = style_path.read_text() if style_path.exists() else ""
    new = [file for file in tree.matching(".h", ".cc") if key_of(file, style) not in passed]
    arguments = [name, "-i"] if fix else [name, "--dry-run", "-Werror"]
    batches = [new[at:at + _BATCH] for at in range(0, len(new), _BATCH)]

    def run(batch):
        return subprocess.run(arguments + [file.path for file in batch], cwd=tree.root,
                              capture_output=True, text=True).stderr

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        complaints = "".join(pool.map(run, batches))
    bad = {}
    for path, line in _COMPLAINT.findall(complaints):
        bad.setdefault(path, int(line))
    if not fix:
        passed.update(key_of(file, style) for file in new if file.path not in bad)
    for path, line in sorted(bad.items()):
        yield Finding(path, line, "format", "run ./dev tidy --fix")
