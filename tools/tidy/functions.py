"""Finds the functions of a C++ file by following braces: where they are, how deep, what they take.

Not a parser: it knows namespaces, classes, functions, blocks, lambdas and brace initialisers by the
text before a brace. Lambdas count to the function around them, as a reader must read both.
"""

import dataclasses
import re

_TOKEN = re.compile(r"[{}();]")
_SCOPE = re.compile(r"\b(namespace|extern)\b")
_TYPE = re.compile(r"\b(class|struct|union|enum)\b")
# What may stand between the closing parenthesis of a lambda's parameters and its body.
_LAMBDA_TAIL = re.compile(r"\)\s*(?:(?:mutable|noexcept|const|constexpr|override|final)\b\s*"
                          r"|->\s*[\w:<>*&,\s\[\]]+)*$")
# How the text before the body of a function ends; `}` also ends the initialisers of a constructor.
_FUNCTION_TAIL = re.compile(r"[)}]\s*(?:(?:const|noexcept|override|final|mutable|try|&{1,2})\s*)*"
                            r"(?:->\s*[\w:<>*&,\s]+?)?(?:\s*requires\b.*)?$", re.DOTALL)
_BLOCK_WORD = re.compile(r"\b(else|do|try)\s*$")
_NAME = re.compile(r"(operator\s*[^\s(]+|operator\s*\(\s*\)|~?[A-Za-z_]\w*)\s*$")
_TEST_MACRO = re.compile(
    r"\b(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_(?:FIXTURE_)?PROP|BENCHMARK\w*)\s*$")

# Names that a library looks for: libFuzzer, GoogleTest, yaml-cpp's event handler, RocksDB's files.
LIBRARY_NAME = re.compile(
    r"^(?:LLVMFuzzer\w+|SetUp\w*|TearDown\w*|PrintTo|On[A-Z]\w*|DescribeTo\w*"
    r"|Name|Read|NewSequentialFile)$")


@dataclasses.dataclass
class Function:
    name: str
    line: int
    end_line: int
    depth: int
    parameters: list
    is_test: bool
    is_constructor: bool
    is_foreign: bool  # Its signature is somebody else's: in extern "C", or asked for by a library.

    @property
    def length(self):
        return self.end_line - self.line + 1

    @property
    def named_parameters(self):
        """Those that the body reads. A lone type is there because a library asks for it."""
        return [one for one in self.parameters if not re.match(r"^[\w:]+$", one)]


@dataclasses.dataclass
class _Open:
    kind: str  # scope, type, function, block, init
    name: str = ""
    head_start: int = 0
    head_end: int = 0
    nesting: int = 0
    deepest: int = 0


def functions_of(file):
    """All function definitions of a file, in order of their end."""
    return _Walk(file).run()


def split_parameters(text):
    """Splits a parameter list at its top-level commas; defaults are cut off."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char in "<([{":
            depth += 1
        elif char in ">)]}" and text[index - 1:index + 1] != "->":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    cleaned = (re.sub(r"\s*=.*$", "", part, flags=re.DOTALL).strip() for part in parts)
    return [" ".join(part.split()) for part in cleaned if part and part != "void"]


class _Walk:
    def __init__(self, file):
        self.file = file
        self.code = file.statements
        self.stack = []
        self.found = []
        self.boundary = 0  # where the head of the next declaration starts
        self.parens = 0

    def run(self):
        for match in _TOKEN.finditer(self.code):
            char, at = match.group(), match.start()
            if char == "(":
                self.parens += 1
            elif char == ")":
                self.parens = max(0, self.parens - 1)
            elif char == ";":
                if self.parens == 0 or self._in_function():
                    self.boundary = at + 1
            elif char == "{":
                self._open(at)
            elif self.stack:
                self._close(at)
        return self.found

    def _in_function(self):
        return any(open_.kind == "function" for open_ in self.stack)

    def _open(self, at):
        head = self.code[self.boundary:at]
        start = self.boundary + len(head) - len(head.lstrip())
        open_ = self._inner(at) if self._in_function() else self._outer(head, start, at)
        self.stack.append(open_)
        if open_.kind != "init":
            self.boundary = at + 1

    def _outer(self, head, start, at):
        text = head.strip()
        parent = self.stack[-1].kind if self.stack else "scope"
        if parent == "init" or self.parens > 0:
            return _Open("init")
        plain = re.sub(r"\btemplate\s*<.*?>\s*(?=[A-Za-z\[:])", "", text, flags=re.DOTALL)
        if _SCOPE.search(plain) and "(" not in plain:
            return _Open("scope", "extern" if re.match(r"extern\b", plain) else "")
        kind = _TYPE.search(plain)
        if kind and not re.search(r"\)\s*(?:const|noexcept|override|final|->.*)?\s*$", plain):
            name = re.search(r"\b(?:class|struct|union|enum)\s+(?:class\s+)?"
                             r"(?:alignas\s*\([^)]*\)\s*)?([A-Za-z_][\w:]*)", plain)
            return _Open("type", name.group(1).rpartition("::")[2] if name else "")
        if "(" in text and _FUNCTION_TAIL.search(text) and not self._is_table(text):
            return _Open("function", "", start, at)
        return _Open("init")

    @staticmethod
    def _is_table(text):
        before = text.split("(")[0]
        return bool(re.search(r"[^=!<>]=(?!=)", before)) and "operator" not in before \
            and not re.search(r"\[[^\]]*\]\s*(?:$|\()", text)

    def _inner(self, at):
        before = self.code[max(0, at - 200):at].rstrip()
        top = self.stack[-1]
        last = before[-1:] or "{"
        if top.kind == "init" and last in "{,(=":
            return _Open("init", nesting=top.nesting)
        is_block = (last in ";}]:)" or _BLOCK_WORD.search(before) or _LAMBDA_TAIL.search(before)
                    or (last == "{" and top.kind != "init"))
        if not is_block:
            return _Open("init", nesting=top.nesting)
        # The braces of a case stand at the level of their switch.
        step = 0 if last == ":" and not before.endswith("::") else 1
        return _Open("block", nesting=top.nesting + step)

    def _close(self, at):
        open_ = self.stack.pop()
        if self.stack:
            parent = self.stack[-1]
            parent.deepest = max(parent.deepest, open_.deepest,
                                 open_.nesting if open_.kind == "block" else 0)
        if open_.kind == "function":
            self._record(open_, at)
        if open_.kind != "init":
            self.boundary = at + 1

    def _record(self, open_, at):
        head = self.code[open_.head_start:open_.head_end]
        first = self._parameter_start(head)
        name_text = head[:first]
        name = _NAME.search(name_text)
        types = [outer.name for outer in self.stack if outer.kind == "type"]
        plain = name.group(1) if name else "?"
        qualifier = re.search(r"(\w+)(?:<[^()]*>)?\s*::\s*~?\w+\s*$", name_text)
        owners = types + ([qualifier.group(1)] if qualifier else [])
        self.found.append(Function(
            name=plain,
            line=self.file.line_at(open_.head_start),
            end_line=self.file.line_at(at),
            depth=open_.deepest,
            parameters=split_parameters(head[first + 1:_matching(head, first)]),
            is_test=bool(_TEST_MACRO.search(name_text)),
            is_constructor=plain.lstrip("~") in owners,
            is_foreign=any(outer.name == "extern" for outer in self.stack)
            or bool(LIBRARY_NAME.match(plain)),
        ))

    @staticmethod
    def _parameter_start(head):
        """The parenthesis of the parameters: `operator()` and `requires (…)` have others."""
        call = re.search(r"operator\s*\(\s*\)\s*\(", head)
        if call:
            return call.end() - 1
        for match in re.finditer(r"\(", head):
            before = head[:match.start()].rstrip()
            if not re.search(r"\b(?:requires|alignas|explicit|noexcept|decltype)$", before) \
                    and not _inside_angles(before):
                return match.start()
        return head.find("(")


def _inside_angles(text):
    start = text.rfind("template")
    if start < 0:
        return False
    piece = text[start:]
    return piece.count("<") > piece.count(">")


def _matching(text, start):
    depth = 0
    for index in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return index
    return len(text)
