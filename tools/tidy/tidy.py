#!/usr/bin/env python3
"""Checks the rules of this repository that a program can check, in less than two seconds.

    tools/tidy/tidy.py [--fix] [--root FOLDER]

A finding is `file:line: rule: what to write instead`. --fix formats the C++ files and brings the
table of rooms up to date; everything else is for a person. Results per file are kept in
build/tidy.json under a hash of the file and of the rules, so only changed files are looked at.
"""

import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import time

import build_files
import comments
import documents
import errors
import formatting
import names
import rooms
import sizes
from tree import TOOL, Finding, Tree

EXCEPTIONS = TOOL + "exceptions.txt"
HERE = pathlib.Path(__file__).resolve().parent


def findings_of_file(file, table, glossary):
    """The findings that depend on one file (and on the two tables) alone."""
    found = list(rooms.check_includes(file, table))
    found += names.check_file(file, glossary)
    found += sizes.check_file(file)
    found += comments.check_file(file)
    found += errors.check_file(file)
    return found


def findings_of_tree(tree, table):
    found = list(rooms.check_rooms(tree, table))
    found += names.check_paths(tree)
    found += sizes.check_tree(tree)
    found += build_files.check_tree(tree)
    found += documents.check_tree(tree)
    return found


class Cache:
    """What earlier runs found, in build/tidy.json. Losing it costs time only."""

    def __init__(self, root):
        self.path = pathlib.Path(root) / "build" / "tidy.json"
        try:
            stored = json.loads(self.path.read_text())
            self.files, self.formatted = stored["files"], set(stored["formatted"])
        except (OSError, ValueError, KeyError, TypeError):
            self.files, self.formatted = {}, set()
        self.used = {}

    def look_up(self, key, compute):
        rows = self.files.get(key)
        found = [Finding(*row) for row in rows] if rows is not None else compute()
        self.used[key] = [[one.path, one.line, one.rule, one.advice] for one in found]
        return found

    def save(self):
        self.path.parent.mkdir(exist_ok=True)
        text = json.dumps({"files": self.used, "formatted": sorted(self.formatted)[-20000:]})
        temporary = self.path.with_suffix(f".{os.getpid()}")
        temporary.write_text(text)
        os.replace(temporary, self.path)


def rules_version(tree):
    digest = hashlib.sha1()
    for path in sorted(HERE.glob("*.py")):
        digest.update(path.read_bytes())
    for path in ("src/README.md", "docs/internals/words.md"):
        if path in tree.files:
            digest.update(tree.files[path].text.encode())
    return digest.hexdigest()


def exceptions_of(text):
    """{(path, rule)} from lines `path: rule`."""
    rows = (line.partition("#")[0].strip() for line in text.splitlines())
    return {tuple(part.strip() for part in row.split(": ", 1)) for row in rows if ": " in row}


def apply_exceptions(found, allowed, earlier):
    """Drops excused findings; reports excuses that are new or no longer needed."""
    kept = [one for one in found if (one.path, one.rule) not in allowed]
    needed = {(one.path, one.rule) for one in found}
    for path, rule in sorted(allowed - needed):
        kept.append(Finding(EXCEPTIONS, 1, "exception-list",
                            f"delete '{path}: {rule}'; it is met now"))
    for path, rule in sorted(allowed - earlier):
        kept.append(Finding(EXCEPTIONS, 1, "exception-list",
                            f"'{path}: {rule}' is new; this list may only shrink"))
    return kept


def earlier_exceptions(root):
    """The list one commit ago, which the present one may not exceed."""
    shown = subprocess.run(["git", "-C", str(root), "show", f"HEAD~1:{EXCEPTIONS}"],
                           capture_output=True, text=True)
    return exceptions_of(shown.stdout) if shown.returncode == 0 else set()


def run(root, fix):
    tree = Tree(root)
    table = rooms.read_rooms(tree)
    glossary = names.read_glossary(tree)
    cache = Cache(root)
    if fix:
        page = rooms.fix_rooms(tree, table)
        if page is not None:
            (tree.root / "src/README.md").write_text(page)
        list(formatting.check(tree, cache.formatted, fix=True))
        tree = Tree(root)
        table = rooms.read_rooms(tree)
    version = rules_version(tree)
    found = []
    for file in tree.files.values():
        key = hashlib.sha1(f"{version}\0{file.path}\0{file.text}".encode()).hexdigest()
        found += cache.look_up(key, lambda file=file: findings_of_file(file, table, glossary))
    found += findings_of_tree(tree, table)
    found += formatting.check(tree, cache.formatted, fix=False)
    cache.save()
    allowed_file = tree.files.get(EXCEPTIONS)
    allowed = exceptions_of(allowed_file.text) if allowed_file else set()
    earlier = earlier_exceptions(root) if allowed else set()
    return sorted(set(apply_exceptions(found, allowed, earlier))), len(tree.files)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fix", action="store_true", help="format and bring tables up to date")
    parser.add_argument("--root", default=str(HERE.parent.parent), help="the repository")
    arguments = parser.parse_args()
    started = time.monotonic()
    found, files = run(arguments.root, arguments.fix)
    for finding in found:
        print(finding)
    seconds = time.monotonic() - started
    verdict = f"{len(found)} to repair" if found else "nothing to repair"
    print(f"tidy: {verdict} in {files} files, {seconds:.1f} s", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
