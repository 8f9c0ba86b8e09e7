#!/usr/bin/env python3
"""Every command that the documents tell people to run is run.

A fenced block with the info string `bash run` is a promise: the blocks of a page work, in their
order, against a fresh `carillon dev`. Each runs in a shell of its own and stops at the first fault.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import harness
from harness import BINARY, PROJECT, SLOW, Server, temporary_folder

ROOT = pathlib.Path(os.environ.get("CARILLON_E2E_DOCS", PROJECT))
BLOCK = re.compile(r"^```bash run\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JSON_BLOCK = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK_SECONDS = 120 * SLOW
# Pages that must have something to run as soon as they exist.
EXPECTED = ("README.md", "docs/use/tutorial.md")


def pages():
    """All documents with runnable blocks, by their path below the root."""
    places = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")),
              *sorted((ROOT / "examples").rglob("*.md"))]
    return [path.relative_to(ROOT) for path in places
            if path.exists() and BLOCK.search(path.read_text())]


def blocks_of(page):
    """The runnable blocks of a page with their first lines."""
    text = (ROOT / page).read_text()
    return [(text.count("\n", 0, match.start()) + 2, match[1]) for match in BLOCK.finditer(text)]


class Documents(unittest.TestCase):
    """The pages, one server each."""

    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "carillon").symlink_to(pathlib.Path(shutil.which(BINARY)).resolve())

    def work_folder(self, page):
        """Examples are run in a copy of their folder, everything else in an empty one."""
        work = self.folder / "work"
        if page.parts[0] == "examples":
            shutil.copytree((ROOT / page).parent, work)
        else:
            work.mkdir()
        return work

    def run_page(self, page):
        # The settings of `carillon dev`, not those that the other tests add.
        work = self.work_folder(page)
        server = Server(work, mode="dev")
        server.settings.clear()
        self.addCleanup(server.stop)
        server.start()
        variables = {key: value for key, value in os.environ.items()
                     if not key.startswith("CARILLON_")}
        variables.update(PATH=f"{self.folder / 'bin'}:{variables['PATH']}",
                         HOME=str(self.folder),
                         CARILLON_SERVER=f"http://127.0.0.1:{server.port}")
        for line, block in blocks_of(page):
            with self.subTest(page=str(page), line=line):
                script = re.sub(r"(127\.0\.0\.1|localhost):8080", rf"\g<1>:{server.port}", block)
                done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=work,
                                      env=variables, text=True, capture_output=True,
                                      timeout=BLOCK_SECONDS, stdin=subprocess.DEVNULL, check=False)
                self.assertEqual(done.returncode, 0, f"\n{script}\n--- it wrote:\n{done.stdout}"
                                 f"\n--- and complained:\n{done.stderr}")
        server.stop()

    def test_every_runnable_block_runs(self):
        for page in pages():
            with self.subTest(page=str(page)):
                shutil.rmtree(self.folder / "work", ignore_errors=True)
                self.run_page(page)

    def test_the_front_page_and_the_tutorial_have_something_to_run(self):
        missing = [page for page in EXPECTED if not (ROOT / page).exists()]
        for page in EXPECTED:
            if page not in missing:
                self.assertTrue(blocks_of(page), f"{page} has no block marked `bash run`")
        if missing:
            self.skipTest(f"not written yet: {', '.join(missing)}")


class TypePages(harness.ServerTest):
    """The definitions that the pages of the task types show."""

    def test_every_definition_of_a_type_page_is_accepted(self):
        checked = 0
        for page in sorted((ROOT / "docs/use/types").glob("*.md")):
            for match in JSON_BLOCK.finditer(page.read_text()):
                with self.subTest(page=page.name, block=match[1]):
                    definition = json.loads(match[1])
                    if "name" not in definition:
                        continue
                    answer = self.client.ok("POST", "/api/v1/tasks:validate", definition)
                    self.assertEqual((answer["valid"], answer["errors"]), (True, []))
                    checked += 1
        self.assertGreater(checked, 5)


if __name__ == "__main__":
    unittest.main(verbosity=2)
