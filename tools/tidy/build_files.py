"""Every source and test is named by a target: a test that nobody builds is worse than none."""

import posixpath
import re

from tree import Finding

_WORD = re.compile(r"[^\s()\"]+\.cc\b")
_GLOB = re.compile(r"file\s*\(\s*GLOB", re.IGNORECASE)
_PLACES = ("src/", "tests/", "bench/")


def check_tree(tree):
    named = set()
    for file in tree.matching("CMakeLists.txt", ".cmake"):
        text = re.sub(r"#[^\n]*", "", file.text)
        for match in _GLOB.finditer(text):
            yield Finding(file.path, text.count("\n", 0, match.start()) + 1, "glob",
                          "list the files by hand: a new file is a decision")
        for word in _WORD.findall(text):
            word = re.sub(r"^\$\{(?:CMAKE_CURRENT_SOURCE_DIR|CMAKE_CURRENT_LIST_DIR)\}/", "", word)
            word = re.sub(r"^\$\{(?:PROJECT|CMAKE)_SOURCE_DIR\}/", "/", word)
            path = word[1:] if word.startswith("/") else posixpath.join(file.folder, word)
            named.add(posixpath.normpath(path))
    for path in tree.paths:
        if path.endswith(".cc") and path.startswith(_PLACES) and path not in named:
            yield Finding(path, 1, "unbuilt", "name it in the CMakeLists.txt of its folder")
