"""How failure is written: no exceptions between rooms, no default over our own enums."""

import re

from tree import Finding, blank

THROWING_ROOMS = ("adapters", "api", "executors", "cli", "server", "codec")

_THROW = re.compile(r"\b(?:throw|catch)\b")
_SWITCH = re.compile(r"\bswitch\s*\(")
_LABEL = re.compile(r"\bcase\s+([^:;{}]*(?:::[^:;{}]*)*):(?!:)|\bdefault\s*:")
_OUR_ENUMERATOR = re.compile(r"^(?:(?:\w+::)*[A-Z][A-Za-z0-9]*::)?[a-z][a-z0-9_]*$")


def check_file(file):
    if not file.is_cpp:
        return
    if file.path.startswith("src/") and not file.is_test:
        if file.room().split("/")[0] not in THROWING_ROOMS:
            for match in _THROW.finditer(file.statements):
                yield Finding(file.path, file.line_at(match.start()), "exception",
                              f"{match.group()}: return Result; a library is caught at its call")
    yield from _switches(file)


def _switches(file):
    """Labels are read with the inner switches removed, so each belongs to its own switch."""
    code = file.statements
    starts = [match for match in _SWITCH.finditer(code)]
    for match in reversed(starts):
        opening = code.find("{", match.end())
        closing = _matching_brace(code, opening)
        if opening < 0 or closing < 0:
            continue
        labels, default_at = [], None
        for label in _LABEL.finditer(code, opening, closing):
            if label.group(1) is None:
                default_at = label.start()
            else:
                labels.append(label.group(1).strip())
        if default_at is not None and any(map(_OUR_ENUMERATOR.match, labels)):
            yield Finding(file.path, file.line_at(default_at), "switch-default",
                          "name every enumerator, so that a new one breaks the build")
        code = code[:match.start()] + blank(code[match.start():closing]) + code[closing:]


def _matching_brace(code, start):
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, start):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.start()
    return -1
