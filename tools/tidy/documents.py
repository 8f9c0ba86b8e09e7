"""Documents: one title each, and links that lead somewhere."""

import posixpath
import re

from tree import Finding

_FENCE = re.compile(r"^\s*(?:```|~~~)")
_TITLE = re.compile(r"^# \S")
_LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_REFERENCE = re.compile(r"^\[[^\]]+\]:\s+<?(\S+?)>?\s*$")
_CODE = re.compile(r"`[^`]*`")


def check_tree(tree):
    folders = set()
    for path in tree.paths:
        while "/" in path:
            path = path.rpartition("/")[0]
            folders.add(path)
    known = folders | set(tree.paths) | {"."}
    for file in tree.matching(".md"):
        yield from _document(file, known)


def _document(file, known):
    titles, inside = [], False
    for number, line in enumerate(file.lines, 1):
        if _FENCE.match(line):
            inside = not inside
            continue
        if inside:
            continue
        if _TITLE.match(line):
            titles.append(number)
        plain = _CODE.sub("", line)
        for target in _LINK.findall(plain) + _REFERENCE.findall(plain):
            path = target.partition("#")[0]
            if not path or re.match(r"^[a-z][a-z0-9+.-]*:", path) or path.startswith("/"):
                continue
            if posixpath.normpath(posixpath.join(file.folder, path)) not in known:
                yield Finding(file.path, number, "link", f"{target} leads nowhere")
    if len(titles) != 1:
        where = titles[1] if len(titles) > 1 else 1
        yield Finding(file.path, where, "title",
                      f"{len(titles)} lines start with '# '; write exactly one")
