"""Hard limits on size and shape; limits on functions alone would let files grow without end."""

import collections
import re

from functions import functions_of
from tree import Finding

LINE_MAX = 100
FUNCTION_MAX = 70
NESTING_MAX = 4
PARAMETERS_MAX = 4
HEADER_MAX = 350
SOURCE_MAX = 600
TEST_MAX = 900
SCRIPT_MAX = 300
README_MAX = 150
ROOM_README_MAX = 40
FOLDER_FILES_MAX = 40
FOLDER_DEPTH_MAX = 4
FILE_BYTES_MAX = 100_000

_BOOL = re.compile(r"^(?:const )?bool(?: \w+)?$")
_CODE_ENDINGS = (".h", ".cc", ".py", ".cmake", ".java", ".ts", ".tsx", ".sh", "CMakeLists.txt")


def check_file(file):
    yield from _file_length(file)
    if file.path.endswith(_CODE_ENDINGS) or file.path == "dev":
        for number, line in enumerate(file.lines, 1):
            if len(line) > LINE_MAX:
                yield Finding(file.path, number, "line-length",
                              f"{len(line)} columns; break it at {LINE_MAX}")
    if file.is_cpp:
        yield from _functions(file)


def _file_length(file):
    limit, what = _limit(file)
    if limit and len(file.lines) > limit:
        yield Finding(file.path, limit + 1, "file-length",
                      f"{len(file.lines)} lines; {what} has at most {limit}: split it by subject")


def _limit(file):
    path = file.path
    if path == "README.md":
        return README_MAX, "the front page"
    if path.startswith("src/") and file.name == "README.md" and path != "src/README.md":
        return ROOM_README_MAX, "a room's README"
    if path.endswith(".h"):
        return HEADER_MAX, "a header"
    if path.endswith(("_test.cc", "_test.py")):
        return TEST_MAX, "a test file"
    if path.endswith((".cc", ".java", ".ts", ".tsx")):
        return SOURCE_MAX, "a source file"
    if path.endswith((".py", ".sh")) or path == "dev":
        return SCRIPT_MAX, "a script"
    return 0, ""


def _functions(file):
    for function in functions_of(file):
        if function.length > FUNCTION_MAX:
            yield Finding(file.path, function.line, "function-length",
                          f"{function.name} has {function.length} lines; at most {FUNCTION_MAX}: "
                          "move a step into a function with a name")
        if function.depth > NESTING_MAX:
            yield Finding(file.path, function.line, "nesting",
                          f"{function.name} nests {function.depth} deep; at most {NESTING_MAX}: "
                          "return early or name the inner part")
        if function.is_test or function.is_foreign:
            continue
        parameters = function.named_parameters
        if len(parameters) > PARAMETERS_MAX:
            yield Finding(file.path, function.line, "parameters",
                          f"{function.name} takes {len(parameters)} parameters; above "
                          f"{PARAMETERS_MAX} write a struct with named fields")
        # A single bool is the value itself, as in append(bool); beside others it is a riddle.
        if len(parameters) > 1 and any(map(_BOOL.match, parameters)):
            yield Finding(file.path, function.line, "bool-parameter",
                          f"{function.name} takes a bool; write an enum with two words")


def check_tree(tree):
    counts = collections.Counter(path.rpartition("/")[0] for path in tree.paths
                                 if path.startswith("src/"))
    for folder, count in sorted(counts.items()):
        if count > FOLDER_FILES_MAX:
            yield Finding(folder, 1, "folder-size",
                          f"{count} files; at most {FOLDER_FILES_MAX}: make folders by subject")
        if folder.count("/") > FOLDER_DEPTH_MAX:
            yield Finding(folder, 1, "folder-depth",
                          f"lies more than {FOLDER_DEPTH_MAX} levels below src/: flatten it")
    for path in tree.paths:
        size = len(tree.files[path].text) if path in tree.files else tree.size_of(path)
        if size > FILE_BYTES_MAX:
            yield Finding(path, 1, "file-size",
                          f"{size} bytes; at most {FILE_BYTES_MAX}: generate it or shorten it")
