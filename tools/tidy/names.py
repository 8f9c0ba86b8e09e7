"""Words: what pure rooms may not call, how things are named, and the glossary."""

import re

from functions import LIBRARY_NAME, functions_of
from tree import PURE_ROOMS, Finding

FOLDER_WORDS = ("util", "utils", "common", "helper", "helpers", "manager", "misc", "stuff")

_TIME = "take the time as a parameter, or ask Context::now() (core) or the Clock port"
_WAIT = "ask for a wake-up; only a host waits"
_CHANCE = "hash stable ids (base/hash.h), or the Entropy port to make ids at the edge"
_HOST = "the host owns threads and locks; keep this a function of its input"
_WORLD = "go through a port; this room does no input or output"
_SETTING = "take the setting as a parameter; only server/ and cli/ read the environment"
_LOG = "return an Error or emit a fact; pure rooms do not log"

# (pattern, what to write instead), for base, domain, workflow and core.
_BANNED = tuple((re.compile(pattern), advice) for pattern, advice in (
    (r"\b(?:system_clock|steady_clock|high_resolution_clock|utc_clock)\b", _TIME),
    (r"\b(?:gettimeofday|clock_gettime)\b", _TIME),
    (r"(?<![\w.>:])(?:std::)?(?:time|localtime|gmtime)\s*\(\s*(?:nullptr|NULL|0\s*\)|&)", _TIME),
    (r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\b|(?<![\w.>:])sleep\s*\(", _WAIT),
    (r"\b(?:random_device|mt19937(?:_64)?|default_random_engine)\b"
     r"|(?<![\w.>:])(?:std::)?s?rand\s*\(", _CHANCE),
    (r"\bstd::(?:thread|jthread|async|future|promise|mutex|shared_mutex|recursive_mutex"
     r"|condition_variable\w*|lock_guard|unique_lock|scoped_lock|atomic\w*)\b", _HOST),
    (r"\bthread_local\b", _HOST),
    (r"\bgetenv\b", _SETTING),
    (r"\bstd::(?:cout|cerr|clog|cin|[io]?fstream|filesystem)\b", _WORLD),
    (r"(?<![\w.>:])(?:std::)?(?:fopen|popen)\b", _WORLD),
    (r"\bspdlog\b", _LOG),
))
_BANNED_HEADERS = {
    "iostream": _WORLD, "fstream": _WORLD, "filesystem": _WORLD, "thread": _HOST, "mutex": _HOST,
    "shared_mutex": _HOST, "condition_variable": _HOST, "future": _HOST, "atomic": _HOST,
    "random": _CHANCE, "ctime": _TIME, "spdlog/spdlog.h": _LOG,
}
_SYSTEM_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<([^>]+)>", re.MULTILINE)
_MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
_TYPE = re.compile(r"\b(?:class|struct|enum class|enum)\s+([A-Za-z_]\w*)\s*(?=\{|:(?!:)|final\b)")
_USING = re.compile(r"\benum\s+(?!class\b)[A-Za-z_]\w*\s*[:{]")
_SNAKE_FILE = re.compile(r"^[a-z0-9_]+\.(?:h|cc)$")
_IDENTIFIER = re.compile(r"\b[A-Za-z_]\w*\b")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ROW = re.compile(r"^\| \*\*([^*]+)\*\* \|[^|]*\|([^|]*)\|")


def check_file(file, glossary):
    top = file.room().split("/")[0]
    if file.is_cpp and top in PURE_ROOMS and not file.is_test:
        yield from _pure(file)
    if file.is_cpp and file.path.startswith(("src/", "tests/", "bench/")):
        yield from _spelling(file)
    if file.is_cpp and top in ("core", "domain"):
        yield from _glossary(file, glossary)


def _pure(file):
    for pattern, advice in _BANNED:
        for match in pattern.finditer(file.statements):
            word = match.group().strip(" (")
            yield Finding(file.path, file.line_at(match.start()), "pure-room", f"{word}: {advice}")
    for match in _SYSTEM_INCLUDE.finditer(file.text):
        advice = _BANNED_HEADERS.get(match.group(1))
        if advice:
            yield Finding(file.path, file.line_at(match.start()), "pure-room",
                          f"<{match.group(1)}>: {advice}")


def _spelling(file):
    if not _SNAKE_FILE.match(file.name):
        yield Finding(file.path, 1, "name", "file names are snake_case")
    for match in _MACRO.finditer(file.text):
        if not match.group(1).startswith("CARILLON_"):
            yield Finding(file.path, file.line_at(match.start()), "name",
                          f"{match.group(1)}: write a constant or a function, or CARILLON_…")
    for match in _TYPE.finditer(file.statements):
        name = match.group(1)
        if not re.match(r"^[A-Z][A-Za-z0-9]*$", name) and name not in ("formatter", "hash"):
            yield Finding(file.path, file.line_at(match.start()), "name",
                          f"{name}: types are PascalCase")
    for function in functions_of(file):
        named = function.name.startswith("operator") or function.is_constructor or function.is_test
        named = named or LIBRARY_NAME.match(function.name)
        if not named and not re.match(r"^(?:[a-z][a-z0-9_]*|\?)$", function.name):
            yield Finding(file.path, function.line, "name",
                          f"{function.name}: functions are snake_case")
    for match in _USING.finditer(file.statements):
        yield Finding(file.path, file.line_at(match.start()), "name", "write enum class")


def read_glossary(tree):
    """{forbidden words: the word to write} from the last column of docs/internals/words.md.

    Also the names that the specification fixes, under the key "fixed".
    """
    page = tree.files.get("docs/internals/words.md")
    glossary, fixed = {}, set()
    for line in page.lines if page else []:
        match = _ROW.match(line)
        if match:
            for synonym in match.group(2).split(","):
                pieces = tuple(synonym.lower().replace("-", " ").split())
                if pieces:
                    glossary[pieces] = match.group(1)
        elif line.startswith("- `"):
            fixed.update(re.findall(r"`([^`]+)`", line))
    return {"synonyms": glossary, "fixed": fixed}


def _glossary(file, glossary):
    synonyms = glossary["synonyms"]
    if not synonyms:
        return
    seen = set()
    for match in _IDENTIFIER.finditer(file.statements):
        name = match.group()
        if name in seen or name in glossary["fixed"]:
            continue
        seen.add(name)
        pieces = [piece.lower() for piece in _PIECE.findall(name)]
        for synonym, word in synonyms.items():
            width = len(synonym)
            starts = range(len(pieces) - width + 1)
            if any(tuple(pieces[at:at + width]) == synonym for at in starts):
                yield Finding(file.path, file.line_at(match.start()), "word",
                              f"{name}: this project says {word} (docs/internals/words.md)")


def check_paths(tree):
    for path in tree.paths:
        for part in path.split("/"):
            found = [word for word in re.split(r"[._-]", part.lower()) if word in FOLDER_WORDS]
            if found:
                yield Finding(path, 1, "name", f"{found[0]}: name what it holds")
                break
