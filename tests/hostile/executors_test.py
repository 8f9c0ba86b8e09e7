#!/usr/bin/env python3
"""Commands and cleanups with every odd byte in their values, on the real binary."""

import json
import os
import time
import unittest

import harness
from harness import ServerTest

# Everything JSON can carry into an argument but NUL, which is refused.
EVERY_CHARACTER = "".join(chr(code) for code in range(1, 256)) + "\u202e\u2028日本🔔\ufeff\uffff"


class Commands(ServerTest):
    """What a program gets is what was written, and nothing else."""

    mode = "server"
    settings = {"executors.command.enabled": "true"}

    @classmethod
    def setUpClass(cls):
        os.environ["HOSTILE_SECRET"] = "must not leak"
        cls.addClassCleanup(os.environ.pop, "HOSTILE_SECRET")
        super().setUpClass()

    def run_command(self, argv, **more):
        task = self.client.create(schedule=True, parameters={
            "type": "command", "argv": argv, **more})
        return self.client.await_status(task["id"], *harness.ENDED)

    def output(self, argv, **more):
        done = self.run_command(argv, **more)
        self.assertEqual(done["status"], "COMPLETED", done)
        result = done["executionResult"]
        result = json.loads(result) if isinstance(result, str) else result
        return result["stdoutTail"]

    def hex_of(self, text):
        """The bytes of an argument as the program sees them."""
        script = 'printf %s "$1" | od -An -v -tx1 | tr -d " \\n"'
        return self.output(["sh", "-c", script, "x", text])

    def test_every_character_of_an_argument_arrives(self):
        self.assertEqual(self.hex_of(EVERY_CHARACTER), EVERY_CHARACTER.encode().hex())
        for text in ("", " ", "-", "--", "-c", "*", "~", "$HOME", "%s", "a\nb\n", "\\0", "'\"`"):
            with self.subTest(text=text):
                self.assertEqual(self.hex_of(text), text.encode().hex())

    def test_a_nul_is_refused(self):
        answer = self.client.post("/api/v1/tasks", {"name": "x", "parameters": {
            "type": "command", "argv": ["echo", "a\x00b"]}})
        self.assertEqual(answer.status, 422, answer)

    def test_the_environment_holds_what_is_documented(self):
        lines = self.output(["env"], env={"OWN": "a b"}).splitlines()
        names = {line.partition("=")[0] for line in lines}
        self.assertEqual(names, {
            "PATH", "LANG", "TZ", "HOME", "TMPDIR", "OWN", "CARILLON_TASK_ID", "CARILLON_RUN_ID",
            "CARILLON_ATTEMPT", "CARILLON_IDEMPOTENCY_KEY", "CARILLON_NOMINAL"})
        self.assertIn("OWN=a b", lines)

    def test_odd_names_of_variables_are_refused(self):
        for name in ("", "A=B", "A B", "A\nB", "1A", "CARILLON_RUN_ID", "A\x00"):
            with self.subTest(name=name):
                answer = self.client.post("/api/v1/tasks", {"name": "x", "parameters": {
                    "type": "command", "argv": ["env"], "env": {name: "x"}}})
                self.assertEqual(answer.status, 422, answer)

    def test_a_fork_bomb_and_a_hog_end_and_the_server_does_not(self):
        for script in (":(){ :|:& };:", "yes", "while :; do :; done", "exec cat /dev/zero"):
            with self.subTest(script=script):
                task = self.client.create(schedule=True, timeouts={"attemptMs": 1500}, parameters={
                    "type": "command", "argv": ["bash", "-c", script], "maxOutputBytes": 10000})
                self.client.await_status(task["id"], "FAILED", "COMPLETED")
                self.assertEqual(self.client.get("/livez").status, 200)
        self.assertEqual(self.output(["echo", "after"]), "after")

    def test_what_a_program_says_stays_data(self):
        said = "\x1b[31mred\x1b[0m \x07 \u202e fake\r\n{\"level\":\"error\"}\n"
        task = self.client.create(schedule=True, name="loud", parameters={
            "type": "command", "argv": ["printf", "%s", said]})
        self.client.await_status(task["id"], "COMPLETED")
        run = self.client.task(task["id"])["lastRun"]["runId"]
        shown = harness.cli("run", "logs", run, port=self.server.port)
        self.assertEqual(shown.returncode, 0, shown)
        for character in ("\x1b", "\x07", "\u202e", "\r"):
            self.assertNotIn(character, shown.stdout)
        self.assertNotIn("\x1b", self.server.log)


class Cleanups(ServerTest):
    """Only what lies below the root goes, whatever the names are."""

    mode = "server"
    ODD = ("line\nbreak.log", "escape\x1b[2J.log", "-rf.log", "blank .log", "\u202egol.txt.log",
           "quote\"'.log", "percent%2f..%2f.log", "back\\slash.log", "*.log")

    def setUp(self):
        self.root = self.server.data / "files"
        self.outside = self.folder / "outside"
        self.outside.mkdir(exist_ok=True)
        (self.outside / "kept.log").write_text("kept")

    def clean(self, path, **more):
        answer = self.client.post("/api/v1/tasks?schedule=true", {
            "name": "clean", "parameters": {"type": "cleanup", "path": path, "pattern": "*.log",
                                            "recursive": True, **more}})
        if answer.status != 201:
            self.assertEqual(answer.status, 422, answer)
            return None
        return self.client.await_status(answer.json["id"], *harness.ENDED)

    def fill(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in self.ODD:
            (folder / name).write_text("x")
        with open(os.fsencode(folder) + b"/\xff\xfe.log", "wb") as file:
            file.write(b"x")

    def test_files_with_odd_names_go_and_are_told_on_one_line(self):
        self.fill(self.root / "odd")
        done = self.clean("odd")
        self.assertEqual(done["status"], "COMPLETED", done)
        self.assertEqual(os.listdir(self.root / "odd"), [])
        result = done["executionResult"]
        result = json.loads(result) if isinstance(result, str) else result
        self.assertEqual(result["removed"], len(self.ODD) + 1)
        for name in result["names"]:
            self.assertTrue(name.isprintable(), name)

    def test_no_path_leads_outside(self):
        (self.root / "door").symlink_to(self.outside)
        (self.root / "deep").mkdir()
        (self.root / "deep" / "up").symlink_to("../../..")
        (self.root / "deep" / "kept.log").symlink_to(self.outside / "kept.log")
        for path in ("..", "../..", "deep/../../..", str(self.outside), "/", "door", "door/",
                     "./door/.", "deep/up", "deep/up/outside", "//etc", "/proc/self/root",
                     "/proc/self/cwd", f"{self.root}/../../outside", f"{self.root}x", "deep/./..",
                     "\x00", "a" * 5000, "odd\nname", "%2e%2e", "~"):
            with self.subTest(path=path):
                self.clean(path)
                self.assertTrue((self.outside / "kept.log").exists())

    def test_a_link_that_is_swapped_in_leads_nowhere(self):
        race = self.root / "race"
        victim, trap, spare = race / "victim", race / "trap", race / "spare"
        victim.mkdir(parents=True)
        trap.symlink_to(self.outside)
        (victim / "gone.log").write_text("x")
        tasks = [self.client.create(schedule=True, parameters={
            "type": "cleanup", "path": path, "pattern": "*.log", "recursive": True})
            for path in ("race", "race/victim") * 20]
        end = time.monotonic() + 2
        while time.monotonic() < end:
            os.rename(victim, spare)
            os.rename(trap, victim)
            os.rename(victim, trap)
            os.rename(spare, victim)
        for task in tasks:
            self.client.await_status(task["id"], *harness.ENDED)
        self.assertTrue((self.outside / "kept.log").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
