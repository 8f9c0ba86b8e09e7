"""Comments and the first lines of a file."""

import re

from tree import TOOL, Finding

FILE_COMMENT_MAX = 10
CONTRACT_ROOMS = ("ports", "core", "domain")

_OPEN_WORK = re.compile(r"\bTODO\b(?!\(#[0-9]+\))")
_NEVER = re.compile(r"\bFIXME\b|\bXXX\b")
# A comment that would compile: a statement, a directive, or a lone closing brace. Comments that are
# indented by three or more blanks are examples.
_DEAD_CODE = re.compile(
    r"^// ?(?:\#\s*(?:include|define|if|endif)\b.*"
    r"|(?:return|break|continue|auto|const|std::|if \(|for \(|while \(|delete )[^.]*[;{]"
    r"|[\w.:>\[\]-]+(?:\([^)]*\))?\s*(?:[-+*/|&]?=)\s*[^=.]*;"
    r"|[\w.:>-]+\([^)]*\);"
    r"|\}[;,]?)$")
_WORKPLACE = (re.compile(r"(?<![\w.-])/" + "work/"), re.compile(r"\.\./" + "shared"))
_TODO_ENDINGS = (".h", ".cc", ".java", ".ts", ".tsx", ".cmake", ".sh", "CMakeLists.txt")


def check_file(file):
    if file.is_cpp:
        yield from _head(file)
        for line, text in file.comments:
            if _DEAD_CODE.match(text):
                yield Finding(file.path, line, "dead-code", "delete it; the history keeps it")
    if file.path.endswith(_TODO_ENDINGS) or file.path == "dev":
        yield from _open_work(file)
    yield from _workplace(file)


def _head(file):
    comment = 0
    for line in file.lines:
        if not line.startswith("//"):
            break
        comment += 1
    if comment > FILE_COMMENT_MAX:
        yield Finding(file.path, FILE_COMMENT_MAX + 1, "file-comment",
                      f"{comment} lines; at most {FILE_COMMENT_MAX}: the rest is for docs/")
    if not file.path.endswith(".h"):
        return
    if not re.search(r"^#pragma once$", file.text, re.MULTILINE):
        yield Finding(file.path, 1, "pragma-once", "write #pragma once after the file comment")
    if comment == 0 and file.room().split("/")[0] in CONTRACT_ROOMS:
        yield Finding(file.path, 1, "file-comment",
                      "say in one sentence what it is, then its kind and threads")


def _open_work(file):
    for number, line in enumerate(file.lines, 1):
        if _OPEN_WORK.search(line):
            yield Finding(file.path, number, "open-work",
                          "open an issue and write TODO(#its number)")
        if _NEVER.search(line):
            yield Finding(file.path, number, "open-work", "repair it now, or open an issue")


def _workplace(file):
    if file.path.startswith(TOOL):
        return
    for number, line in enumerate(file.lines, 1):
        if any(pattern.search(line) for pattern in _WORKPLACE):
            yield Finding(file.path, number, "workplace",
                          "a path of somebody's machine; write one that starts in the repository")
