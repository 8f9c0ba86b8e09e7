#!/usr/bin/env python3
"""Each rule finds what it is for and leaves alone what it is not for."""

import unittest

import build_files
import comments
import documents
import errors
import functions
import names
import rooms
import sizes
import tidy
from tree import SourceFile, tree_of

TABLE = """# Rooms

| room | holds | may include | never |
|---|---|---|---|
| `base/` | leaves | | a domain word |
| `domain/` | rules | base | clocks |
| `core/` | operators | base, domain | ports |
| `runtime/` | the engine | base, domain, core + spdlog | adapters |
| `api/` | resources | base, runtime/gateway.h + Asio | core |
| `adapters/embedded/` | stores | base + RocksDB | another adapter |
| `adapters/system/` | clocks | base | domain |
| `server/` | main | all | rules |
"""
TABLES = rooms.read_rooms(tree_of({"src/README.md": TABLE}))
WORDS = names.read_glossary(tree_of({"docs/internals/words.md": "# Words\n"
    "| **Task** | what a user defines | job, work item |\n"
    "| **Slot** | a planned moment | firing |\n"
    "- `TaskSchedulerJob`, `job_store_kind`\n"}))


def rules(found):
    return [finding.rule for finding in found]


def of_file(check, path, text, *arguments):
    return rules(check(SourceFile(path, text), *arguments))


def header(text):
    return "// A thing.\n#pragma once\n" + text


class Includes(unittest.TestCase):
    def check(self, path, line):
        return of_file(rooms.check_includes, path, line + "\n", TABLES)

    def test_a_room_may_include_itself_and_what_its_row_names(self):
        self.assertEqual([], self.check("src/domain/cron/a.cc", '#include "domain/plan/b.h"'))
        self.assertEqual([], self.check("src/domain/cron/a.cc", '#include "base/result.h"'))

    def test_a_room_may_not_include_what_its_row_does_not_name(self):
        self.assertEqual(["include"], self.check("src/base/a.h", '#include "domain/plan/b.h"'))
        self.assertEqual(["include"], self.check("src/core/a.cc", '#include "runtime/engine.h"'))

    def test_only_the_named_file_of_a_pure_room_may_include_a_system_header(self):
        self.assertEqual([], self.check("src/ports/thread_name.h", "#include <pthread.h>"))
        self.assertEqual(["include"], self.check("src/base/a.h", "#include <pthread.h>"))

    def test_a_row_may_open_one_header_of_a_room(self):
        self.assertEqual([], self.check("src/api/a.cc", '#include "runtime/gateway.h"'))
        self.assertEqual(["include"], self.check("src/api/a.cc", '#include "runtime/engine.h"'))

    def test_one_adapter_may_not_include_another(self):
        self.assertEqual(["include"],
                         self.check("src/adapters/embedded/a.cc", '#include "adapters/system/b.h"'))

    def test_libraries_stand_behind_the_plus(self):
        self.assertEqual([], self.check("src/adapters/embedded/a.cc", "#include <rocksdb/db.h>"))
        self.assertEqual(["include"], self.check("src/core/a.cc", "#include <rocksdb/db.h>"))
        self.assertEqual([], self.check("src/server/main.cc", "#include <rocksdb/db.h>"))

    def test_std_and_fmt_are_open_to_all_and_an_unknown_library_is_not(self):
        self.assertEqual([], self.check("src/base/a.cc", "#include <set>\n#include <fmt/core.h>"))
        self.assertEqual(["include"], self.check("src/api/a.cc", "#include <folly/String.h>"))

    def test_pure_rooms_may_not_include_the_operating_system(self):
        self.assertEqual(["include"], self.check("src/core/a.cc", "#include <unistd.h>"))
        self.assertEqual([], self.check("src/adapters/system/a.cc", "#include <unistd.h>"))

    def test_test_libraries_belong_to_tests(self):
        self.assertEqual(["include"], self.check("src/base/a.h", "#include <gtest/gtest.h>"))
        self.assertEqual([], self.check("src/base/a_test.cc", "#include <gtest/gtest.h>"))

    def test_paths_start_in_src(self):
        self.assertEqual(["include"], self.check("src/domain/cron/a.cc", '#include "b.h"'))


class RoomTable(unittest.TestCase):
    def check(self, table, *paths):
        texts = {"src/README.md": table, **{path: "# x\n" for path in paths}}
        tree = tree_of(texts)
        return [finding.advice for finding in rooms.check_rooms(tree, rooms.read_rooms(tree))], tree

    def test_agrees_with_a_tree_that_has_every_room_and_page(self):
        found, _ = self.check("| `base/` | x | | y |\n", "src/base/README.md")
        self.assertEqual([], found)

    def test_misses_a_folder_without_a_row_and_a_row_without_a_folder(self):
        found, _ = self.check("| `base/` | x | | y |\n", "src/extra/a.cc")
        self.assertEqual(2, len(found))

    def test_a_planned_room_that_exists_is_repaired(self):
        found, tree = self.check("| `base/` | Planned: x | | y |\n", "src/base/README.md")
        self.assertEqual(1, len(found))
        self.assertEqual("| `base/` | x | | y |\n", rooms.fix_rooms(tree, rooms.read_rooms(tree)))

    def test_a_room_needs_a_page(self):
        found, _ = self.check("| `base/` | x | | y |\n", "src/base/a.cc")
        self.assertEqual(1, len(found))


class PureRooms(unittest.TestCase):
    def check(self, text, path="src/core/a.cc"):
        return of_file(names._pure, path, text)

    def test_may_not_ask_the_world(self):
        for line in ("auto t = std::chrono::system_clock::now();", "std::thread worker;",
                     "int x = rand();", "const char* home = std::getenv(name);", "sleep(1);",
                     "std::mutex lock;", "FILE* file = std::fopen(name, mode);", "time(nullptr);",
                     "#include <iostream>", "std::random_device seed;", "spdlog::info(text);"):
            self.assertEqual(["pure-room"], self.check(line + "\n"), line)

    def test_may_use_the_same_words_for_their_own_things(self):
        for line in ("plan.sleep(1);", "operand(1);", "// A thread of thought: std::thread.",
                     'name = "std::mutex";', "zone.time(3);", "LocalTime time(0, 30);"):
            self.assertEqual([], self.check(line + "\n"), line)

    def test_other_rooms_are_free(self):
        found = of_file(names.check_file, "src/runtime/a.cc", "std::thread t;\n", WORDS)
        self.assertEqual([], found)


class Names(unittest.TestCase):
    def check(self, text, path="src/core/a.h"):
        return of_file(names.check_file, path, text, WORDS)

    def test_types_are_pascal_case_and_enums_have_a_class(self):
        self.assertEqual(["name"], self.check("class task_state {};\n"))
        self.assertEqual([], self.check("class TaskState final : public Base {};\n"))
        self.assertEqual(["name"], self.check("enum Colour { red };\n"))
        self.assertEqual([], self.check("template <>\nstruct std::hash<TaskId> {};\n"))

    def test_functions_are_snake_case(self):
        self.assertEqual(["name"], self.check("int dueAt(int x) { return x; }\n"))
        self.assertEqual([], self.check("void TearDown() { check(); }\n"))
        self.assertEqual([], self.check("class Plan {\n Plan(int x) : x_{x} {}\n int x_;\n};\n"))

    def test_macros_carry_the_prefix(self):
        self.assertEqual(["name"], self.check("#define CHECK(x) x\n"))
        self.assertEqual([], self.check("#define CARILLON_CHECK(x) x\n"))

    def test_synonyms_of_the_glossary_are_found_in_both_spellings(self):
        for name in ("job_id", "JobState", "next_firing", "WorkItem"):
            self.assertEqual(["word"], self.check(f"int x = {name};\n"), name)

    def test_fixed_names_and_longer_words_are_left_alone(self):
        for name in ("TaskSchedulerJob", "job_store_kind", "jobless", "work", "item"):
            self.assertEqual([], self.check(f"int x = {name};\n"), name)

    def test_a_path_says_what_it_holds(self):
        tree = tree_of({"src/base/string_util.h": "", "src/common/a.h": "", "src/commonly.h": ""})
        self.assertEqual(["name", "name"], rules(names.check_paths(tree)))


class Functions(unittest.TestCase):
    def only(self, text):
        found = functions.functions_of(SourceFile("src/base/a.cc", text))
        self.assertEqual(1, len(found), [one.name for one in found])
        return found[0]

    def test_length_runs_from_the_first_line_to_the_closing_brace(self):
        found = self.only("\n\nint f(int a,\n      int b) {\n  return a + b;\n}\n")
        self.assertEqual((3, 6, 4), (found.line, found.end_line, found.length))

    def test_braces_in_strings_comments_and_raw_strings_do_not_count(self):
        found = self.only('int f() {\n  s = "{{{";  // {\n  t = R"x({{{)x";\n  c = \'{\';\n}\n')
        self.assertEqual((5, 0), (found.length, found.depth))

    def test_nesting_counts_blocks_and_lambdas_but_not_initialisers(self):
        found = self.only("void f() {\n for (;;) {\n  if (a) {\n   g({1, {2}}, [&](int x) {\n"
                          "    while (x) {\n     return F{.a = {1}};\n    }\n   });\n  }\n }\n}\n")
        self.assertEqual(4, found.depth)

    def test_the_braces_of_a_case_are_those_of_its_switch(self):
        found = self.only("void f() {\n switch (x) {\n case 1: {\n  g();\n }\n }\n}\n")
        self.assertEqual(1, found.depth)

    def test_a_constructor_with_braced_members_is_one_function(self):
        found = self.only("Foo::Foo(int a) : a_{a}, b_(2), c_{} {\n  g();\n}\n")
        self.assertEqual(("Foo", ["int a"], True),
                         (found.name, found.parameters, found.is_constructor))

    def test_tables_are_not_functions(self):
        text = "constexpr Row kTable[] = {\n  {f(1), 2},\n};\nint x = g(3);\n"
        self.assertEqual([], functions.functions_of(SourceFile("src/base/a.cc", text)))

    def test_parameters_are_split_at_their_own_commas(self):
        text = "std::map<int, int> a, int (*f)(int, int), int c = 3"
        self.assertEqual(["std::map<int, int> a", "int (*f)(int, int)", "int c"],
                         functions.split_parameters(text))


class Sizes(unittest.TestCase):
    def check(self, text, path="src/base/a.cc"):
        return of_file(sizes.check_file, path, text)

    def test_limits_hold_at_their_edge(self):
        body = "int f() {\n" + "  g();\n" * 68 + "}\n"
        self.assertEqual([], self.check(body))
        self.assertEqual(["function-length"], self.check(body.replace("{\n", "{\n  g();\n", 1)))
        self.assertEqual([], self.check("// " + "x" * 97 + "\n"))
        self.assertEqual(["line-length"], self.check("// " + "x" * 98 + "\n"))
        self.assertEqual(["file-length"], self.check("// A.\n" * 351, "src/base/a.h"))
        self.assertEqual([], self.check("// A.\n" * 600))
        self.assertEqual(["file-length"], self.check("x\n" * 41, "src/base/README.md"))

    def test_nesting_of_five_is_too_deep(self):
        self.assertEqual([], self.check("void f() {" + "if (a) {" * 4 + "}" * 5 + "\n"))
        self.assertEqual(["nesting"], self.check("void f() {" + "if (a) {" * 5 + "}" * 6 + "\n"))

    def test_five_parameters_want_a_struct_and_a_flag_wants_an_enum(self):
        self.assertEqual(["parameters"],
                         self.check("void f(int a, int b, int c, int d, int e) {}\n"))
        self.assertEqual([], self.check("int f(void* a, off_t, off_t, off_t, off_t) {}\n"))
        self.assertEqual([], self.check(
            'extern "C" {\nint f(int a, int b, int c, int d, int e) {}\n}\n'))
        self.assertEqual(["bool-parameter"], self.check("void f(int a, bool loud) {}\n"))
        self.assertEqual([], self.check("void append(bool value) {}\n"))

    def test_folders_have_at_most_forty_files(self):
        many = {f"src/base/f{number}.h": "" for number in range(41)}
        self.assertEqual(["folder-size"], rules(sizes.check_tree(tree_of(many))))
        deep = {"src/a/b/c/d/e/f.h": ""}
        self.assertEqual(["folder-depth"], rules(sizes.check_tree(tree_of(deep))))

    def test_large_files_are_found(self):
        self.assertEqual(["file-size"], rules(sizes.check_tree(tree_of({"a.txt": "x" * 100_001}))))


class Comments(unittest.TestCase):
    def check(self, text, path="src/ports/a.h"):
        return of_file(comments.check_file, path, text)

    def test_a_header_says_what_it_is_and_is_included_once(self):
        self.assertEqual([], self.check(header("int f();\n")))
        self.assertEqual(["file-comment"], self.check("#pragma once\n"))
        self.assertEqual(["pragma-once"], self.check("// A thing.\n"))
        self.assertEqual(["file-comment"], self.check("// A line.\n" * 11 + "#pragma once\n"))

    def test_open_work_needs_an_issue(self):
        self.assertEqual(["open-work"], self.check(header("// TODO: later\n")))
        self.assertEqual([], self.check(header("// TODO(#12): later\n")))
        self.assertEqual(["open-work"], self.check(header("// FIX" + "ME now\n")))

    def test_code_in_comments_is_dead_and_prose_is_not(self):
        for line in ("// return x + 1;", "// plan.slot = next(3);", "// #include <vector>",
                     "// if (late) {", "// queue.push(run);", "// }"):
            self.assertEqual(["dead-code"], self.check(header(line + "\n")), line)
        for line in ("// Returns x; the caller owns it.", "//   return x;  (an example)",
                     "// Due = nominal + jitter.", "// If it is late, the slot is skipped;",
                     "// Calls f() once; then g()."):
            self.assertEqual([], self.check(header(line + "\n")), line)

    def test_paths_of_a_machine_do_not_belong_here(self):
        self.assertEqual(["workplace"], self.check(header("// See /wo" + "rk/notes.\n")))
        self.assertEqual([], self.check(header("// The frame/work/flow.\n")))


class Errors(unittest.TestCase):
    def check(self, text, path="src/core/a.cc"):
        return of_file(errors.check_file, path, text)

    def test_exceptions_stay_in_the_rooms_that_call_libraries(self):
        self.assertEqual(["exception"], self.check("void f() { throw Bad(); }\n"))
        self.assertEqual([], self.check("void f() { throw Bad(); }\n", "src/api/a.cc"))
        self.assertEqual([], self.check("// Never throw.\n"))

    def test_a_switch_over_our_enum_has_no_default(self):
        self.assertEqual(["switch-default"], self.check(
            "void f() { switch (s) { case TaskStatus::paused: g(); default: h(); } }\n"))
        self.assertEqual([], self.check(
            "void f() { switch (s) { case TaskStatus::paused: g(); } }\n"))

    def test_a_switch_over_numbers_characters_or_a_library_may_have_one(self):
        for label in ("1", "'x'", "SQLITE_ROW", "Status::kOk", "0x10", "CURLE_OK"):
            self.assertEqual([], self.check(
                f"void f() {{ switch (s) {{ case {label}: g(); default: h(); }} }}\n"), label)

    def test_a_default_belongs_to_its_own_switch(self):
        self.assertEqual([], self.check(
            "void f() { switch (s) { case Kind::a: switch (n) { case 1: g(); default: h(); } } }"))


class BuildFiles(unittest.TestCase):
    def check(self, listing, *paths):
        return rules(build_files.check_tree(
            tree_of({"src/base/CMakeLists.txt": listing, **{path: "" for path in paths}})))

    def test_every_source_is_named(self):
        self.assertEqual([], self.check("room(base SOURCES a.cc\n  a_test.cc)", "src/base/a.cc",
                                        "src/base/a_test.cc"))
        self.assertEqual(["unbuilt"], self.check("room(base SOURCES a.cc) # b.cc", "src/base/a.cc",
                                                 "src/base/b.cc"))

    def test_files_are_not_globbed(self):
        self.assertEqual(["glob"], self.check("file(GLOB sources *.h)"))


class Documents(unittest.TestCase):
    def check(self, text):
        return rules(documents.check_tree(tree_of({"docs/a.md": text, "docs/b.md": "# B\n",
                                                   "src/base/a.h": ""})))

    def test_a_document_has_one_title(self):
        self.assertEqual([], self.check("# A\n\n```\n# a comment in a shell\n```\n"))
        self.assertEqual(["title"], self.check("# A\n# B\n"))
        self.assertEqual(["title"], self.check("## A\n"))

    def test_links_lead_somewhere(self):
        self.assertEqual([], self.check("# A\n[b](b.md#x) [h](../src/base/a.h) [f](../src) "
                                        "[w](https://example.org/x) `[x](y.md)` [s](#a)\n"))
        self.assertEqual(["link"], self.check("# A\n[c](c.md)\n"))


class Exceptions(unittest.TestCase):
    FOUND = [tidy.Finding("src/a.cc", 3, "nesting", "less")]

    def test_an_excuse_of_before_holds(self):
        allowed = tidy.exceptions_of("# why\nsrc/a.cc: nesting\n")
        self.assertEqual([], tidy.apply_exceptions(self.FOUND, allowed, allowed))

    def test_a_new_excuse_and_one_that_is_not_needed_are_findings(self):
        allowed = tidy.exceptions_of("src/a.cc: nesting\n")
        added = tidy.apply_exceptions(self.FOUND, allowed, set())
        self.assertEqual(["exception-list"], rules(added))
        self.assertEqual(["exception-list"], rules(tidy.apply_exceptions([], allowed, allowed)))


if __name__ == "__main__":
    unittest.main()
