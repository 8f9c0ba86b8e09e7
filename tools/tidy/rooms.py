"""The table of rooms in src/README.md, read as rules: who may include whom, and which library."""

import re

from tree import Finding

# How an include path starts, and the name of its library; the first that fits counts.
LIBRARIES = (
    ("fmt/", "fmt"), ("boost/asio", "Asio"), ("boost/beast", "Beast"), ("boost/json", "Boost.JSON"),
    ("boost/system", "Asio"), ("boost/", "Boost"), ("simdjson", "simdjson"),
    ("rocksdb/", "RocksDB"), ("sqlite3.h", "SQLite"), ("curl/", "libcurl"), ("CLI/", "CLI11"),
    ("cctz/", "cctz"),
    ("re2/", "RE2"), ("yaml-cpp/", "yaml-cpp"), ("sodium", "libsodium"), ("openssl/", "OpenSSL"),
    ("spdlog/", "spdlog"), ("valijson/", "valijson"), ("kainjow/", "mustache"),
    ("mustache", "mustache"), ("lz4", "LZ4"), ("jni.h", "JNI"), ("librdkafka/", "librdkafka"),
)
TEST_LIBRARIES = ("gtest/", "gmock/", "rapidcheck", "benchmark/")
# The one file of a pure room that may name a header of the system, and which.
SYSTEM_HEADERS = {("src/ports/thread_name.h", "pthread.h")}
PLANNED = "Planned: "

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
_ROW = re.compile(r"^\| `([a-z_/0-9]+)/?` \|(.*)\|\s*$")


class Room:
    def __init__(self, name, line, holds, may_include):
        self.name = name
        self.line = line
        self.is_planned = holds.strip().startswith(PLANNED.strip())
        rooms, _, libraries = may_include.replace("`", "").partition("+")
        self.uses = [part.strip().rstrip("/") for part in rooms.split(",") if part.strip()]
        self.libraries = [part.strip() for part in libraries.split(",") if part.strip()]

    def may_use(self, path):
        """Whether a file of this room may include `path`, given from src/."""
        for use in self.uses:
            if use == "all" or path == use or path.startswith(use + "/"):
                return True
        return path.startswith(self.name + "/")

    def may_link(self, library):
        return "all" in self.uses or library == "fmt" or library in self.libraries


def read_rooms(tree):
    """{room name: Room} from the first table of src/README.md."""
    rooms = {}
    page = tree.files.get("src/README.md")
    for number, line in enumerate(page.lines if page else [], 1):
        match = _ROW.match(line)
        if not match:
            continue
        cells = match.group(2).split("|")
        if len(cells) >= 2:
            name = match.group(1).rstrip("/")
            rooms[name] = Room(name, number, cells[0], cells[1])
    return rooms


def room_of(rooms, path):
    """The row that governs a path given from src/: the longest name that is one of its folders."""
    fitting = [name for name in rooms if path == name or path.startswith(name + "/")]
    return rooms[max(fitting, key=len)] if fitting else None


def check_includes(file, rooms):
    """The include lines of one file against the row of its room."""
    if not (file.is_cpp and file.path.startswith("src/")):
        return
    room = room_of(rooms, file.path[len("src/"):])
    if room is None:
        return  # check_rooms reports the folder once.
    tops = {name.split("/")[0] for name in rooms}
    for match in _INCLUDE.finditer(file.text):
        line = file.line_at(match.start())
        own, other = match.groups()
        advice = _own(file, room, own, tops) if own else _library(file, room, other)
        if advice:
            yield Finding(file.path, line, "include", advice)


def _own(file, room, path, tops):
    top = path.split("/")[0]
    if top not in tops:
        if file.is_test:
            return None  # Support code of the tests lies beside src/.
        return f'write the path from src/, not "{path}"'
    if room.may_use(path):
        return None
    uses = ", ".join(room.uses) or "nothing"
    return (f"{room.name}/ may include {uses}, not {path}; move the code or ask through a port "
            "(src/README.md)")


def _library(file, room, path):
    if file.is_test:
        return None  # A test may ask any library for a second opinion.
    if path.startswith(TEST_LIBRARIES):
        return f"<{path}> belongs in a *_test.cc file"
    for start, library in LIBRARIES:
        if path.startswith(start):
            if room.may_link(library):
                return None
            allowed = ", ".join(["std", "fmt"] + room.libraries)
            return f"{room.name}/ may use {allowed}, not {library} (src/README.md)"
    if (file.path, path) in SYSTEM_HEADERS:
        return None
    if path.endswith(".h") and room.name in ("base", "domain", "workflow", "core", "ports"):
        return f"<{path}> is the operating system; use the C++ header or a port in adapters/system"
    if "/" in path and not path.startswith(("sys/", "linux/", "netinet/", "arpa/", "net/")):
        return f"<{path}> is an unknown library; name it in tools/tidy/rooms.py"
    return None


def check_rooms(tree, rooms):
    """The table against the folders, in both directions, and the page of each room."""
    page = "src/README.md"
    folders = {path[len("src/"):].rpartition("/")[0]
               for path in tree.paths if path.startswith("src/")}
    present = {name for name in rooms
               if any(folder == name or folder.startswith(name + "/") for folder in folders)}
    for folder in sorted({_room_folder(folder, rooms) for folder in folders if folder}):
        holds_rooms = any(name.startswith(folder + "/") for name in rooms)
        if room_of(rooms, folder) is None and not holds_rooms:
            yield Finding(page, 1, "room",
                          f"add a row for `{folder}/`: what it holds, may include, never")
    for name, room in rooms.items():
        if name in present and room.is_planned:
            yield Finding(page, room.line, "room",
                          f'`{name}/` exists; drop "{PLANNED.strip()}" (./dev tidy --fix)')
        if name not in present and not room.is_planned:
            yield Finding(page, room.line, "room",
                          f'`{name}/` does not exist; start its row with "{PLANNED.strip()}"')
        if name in present and f"src/{name}/README.md" not in tree.files:
            yield Finding(f"src/{name}/README.md", 1, "room",
                          "write it: purpose, start here, may use; at most 40 lines")


def _room_folder(folder, rooms):
    parts = folder.split("/")
    two_levels = {name.split("/")[0] for name in rooms if "/" in name}
    return "/".join(parts[:2]) if parts[0] in two_levels else parts[0]


def fix_rooms(tree, rooms):
    """Drops the "Planned:" mark of rooms that exist; returns the new text of the page or None."""
    page = tree.files.get("src/README.md")
    built = [one.line for one in check_rooms(tree, rooms) if "exists; drop" in one.advice]
    if not page or not built:
        return None
    lines = page.text.split("\n")
    for number in built:
        lines[number - 1] = lines[number - 1].replace(PLANNED, "", 1)
    return "\n".join(lines)
