"""The files of the repository as tidy sees them, and what a rule reports about them."""

import bisect
import dataclasses
import functools
import pathlib
import re
import subprocess

TOOL = "tools/tidy/"
CPP_ENDINGS = (".h", ".cc")
TEXT_ENDINGS = (".h", ".cc", ".md", ".txt", ".cmake", ".py", ".sh", ".yaml", ".yml", ".toml",
                ".json", ".java", ".ts", ".tsx", ".html", ".css", ".scn", ".rs", "/run")
PURE_ROOMS = ("base", "domain", "workflow", "core")

# Everything in C++ that is not code: comments, strings, characters. Numbers are matched so that a
# digit separator does not look like the start of a character.
_NOT_CODE = re.compile(
    r"""(?P<raw>\b(?:u8|u|U|L)?R"(?P<mark>[^ ()\\\s]*)\(.*?\)(?P=mark)")
      |(?P<number>(?<![A-Za-z_0-9])[0-9](?:[0-9A-Za-z_.]|'(?=[0-9A-Za-z]))*)
      |(?P<string>"(?:[^"\\\n]|\\.)*")
      |(?P<character>'(?:[^'\\\n]|\\.)*')
      |(?P<comment>//[^\n]*|/\*.*?\*/)""",
    re.DOTALL | re.VERBOSE,
)
_DIRECTIVE = re.compile(r"^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_NOT_NEWLINE = re.compile(r"[^\n]")


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    rule: str
    advice: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.advice}"


def blank(text):
    return _NOT_NEWLINE.sub(" ", text)


class SourceFile:
    """One file. The views of its text are computed when a rule first asks for them."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.is_cpp = path.endswith(CPP_ENDINGS)
        # *_testing.h and .cc are what several tests of a room share.
        self.is_test = (path.endswith(("_test.cc", "_testing.h", "_testing.cc"))
                        or "/testing/" in path
                        or not path.startswith("src/"))
        self.folder = path.rpartition("/")[0]
        self.name = path.rpartition("/")[2]

    @functools.cached_property
    def lines(self):
        return self.text.splitlines()

    @functools.cached_property
    def _split(self):
        comments = []

        def replace(match):
            kind = match.lastgroup
            found = match.group()
            if kind == "number":
                return found
            if kind == "comment":
                comments.append((match.start(), found))
                return blank(found)
            if kind == "raw" or kind == "mark":
                return '"' + blank(found[1:-1]) + '"'
            return found[0] + blank(found[1:-1]) + found[-1]

        return _NOT_CODE.sub(replace, self.text), comments

    @property
    def code(self):
        """The text with comments and the insides of strings blanked; offsets stay the same."""
        return self._split[0]

    @functools.cached_property
    def statements(self):
        """The code without preprocessor lines."""
        return _DIRECTIVE.sub(lambda match: blank(match.group()), self.code)

    @property
    def comments(self):
        """(line, text) of every comment."""
        return [(self.line_at(offset), text) for offset, text in self._split[1]]

    @functools.cached_property
    def _line_starts(self):
        starts = [0]
        for match in re.finditer("\n", self.text):
            starts.append(match.end())
        return starts

    def line_at(self, offset):
        return bisect.bisect_right(self._line_starts, offset)

    def room(self):
        """The folders below src/, or an empty string: `core/task_scheduler`."""
        return self.folder[len("src/"):] if self.folder.startswith("src/") else ""


class Tree:
    """All files that git tracks or would track."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z", "-co", "--exclude-standard"],
            check=True, capture_output=True, text=True).stdout.split("\0")
        self.paths = sorted({path for path in listed if path and (self.root / path).is_file()})
        self.files = {path: self._read(path) for path in self.paths if self._is_text(path)}

    @staticmethod
    def _is_text(path):
        return path.endswith(TEXT_ENDINGS) or path == "dev"

    def _read(self, path):
        try:
            data = (self.root / path).read_bytes()
        except FileNotFoundError:
            data = b""
        return SourceFile(path, data.decode("utf-8", errors="replace"))

    def size_of(self, path):
        try:
            return (self.root / path).stat().st_size
        except FileNotFoundError:
            return 0  # Somebody removed it since it was listed.

    def matching(self, *endings):
        return [file for path, file in self.files.items() if path.endswith(endings)]


def tree_of(texts):
    """A tree from {path: text}, for tests."""
    tree = Tree.__new__(Tree)
    tree.root = pathlib.Path("/nonexistent")
    tree.paths = sorted(texts)
    tree.files = {path: SourceFile(path, text) for path, text in sorted(texts.items())}
    return tree
