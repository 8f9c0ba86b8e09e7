#!/usr/bin/env python3
"""A small disk that fills up under load, again and again: 507, reads go on, space alone helps.

Needs to mount a disk of its own: as root, or in a user namespace, or the tests are skipped by name.
"""

import collections
import contextlib
import os
import random
import shutil
import subprocess
import sys
import unittest

from checker import Checker, History
from harness import PATIENCE, Server, temporary_folder
from rest_client import SLOW, wait_for
from story import ACTS, CountingWitness, Players, Story

DISK_BYTES = 24 << 20
SETTINGS = {"limits.min-free-disk": "0", "storage.write-buffer-bytes": "1MiB", "drain": "1s"}


def mount(target):
    """True when a small disk is there now."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(target)]
    with contextlib.suppress(FileNotFoundError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


class FullDisk(unittest.TestCase):
    """One history over four full disks."""

    def setUp(self):
        seed = int(os.environ.get("CARILLON_E2E_SEED", random.SystemRandom().getrandbits(32)))
        print(f"full disk: CARILLON_E2E_SEED={seed}", flush=True)
        folder = self.enterContext(temporary_folder())
        self.disk = folder / "disk"
        self.disk.mkdir()
        if not mount(self.disk):
            self.skipTest("this user may not mount a disk to fill")
        self.addCleanup(subprocess.run, ["umount", str(self.disk)], check=True)
        self.witness = CountingWitness()
        self.addCleanup(self.witness.close)
        self.story = Story(seed, self.witness, acts={**ACTS, "table": 0})
        # The log lies elsewhere: on a full disk its lines would be lost.
        self.server = Server(self.disk, settings=SETTINGS, log=folder / "server.log")
        self.addCleanup(self.server.stop)
        self.players = Players(self.story)
        self.addCleanup(self.players.close)

    def start(self):
        self.server.start()
        self.players.port = self.server.port

    def works(self):
        before = len(self.story.promises)
        wait_for(f"writes are taken; {self.story.refusals[-3:]}",
                 lambda: len(self.story.promises) > before + 20)

    def fill(self):
        """Takes all the space that is left, and waits until a write has been refused for it."""
        before = sum(status == 507 for status, _ in self.story.refusals)
        with open(self.disk / "ballast", "ab", buffering=0) as ballast:
            for size in (1 << 16, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while ballast.write(bytes(size)):
                        pass
        wait_for("writes are refused", lambda: sum(
            status == 507 for status, _ in self.story.refusals) > before + 3)

    def reads_go_on(self):
        client = self.server.client
        task = self.story.promises[0].task
        for path in (f"/api/v1/tasks/{task}", "/api/v1/events?topic=task-events&after=0&limit=10",
                     "/api/v1/tasks", "/livez"):
            wait_for(f"GET {path}", lambda path=path: client.get(path).status == 200, 10 * SLOW)

    def free(self):
        (self.disk / "ballast").unlink()

    def test_full_disks_cost_no_acknowledged_work(self):
        self.start()
        self.works()
        for what in ("nothing", "nothing", "kill", "stop"):
            with self.subTest(while_full=what):
                self.fill()
                self.reads_go_on()
                if what != "nothing":
                    self.players.port = None
                    self.end(what)
                self.free()
                if what != "nothing":
                    self.start()
                self.works()
        self.players.close()
        self.judge()

    def end(self, what):
        """Ends the server while the disk is full; a start is refused with a reason, or works."""
        if what == "kill":
            self.server.kill()
        else:
            self.assertEqual(self.server.terminate(), 0, self.server.log)
        try:
            self.server.start()
            self.server.kill()
        except AssertionError:
            self.assertEqual(self.server.process.wait(PATIENCE), 1, self.server.log)
            self.assertIn("hint: Make room on the disk", self.server.log)

    def judge(self):
        client = self.server.client
        history = History(client)
        waiting = {promise.task for promise in self.story.promises if promise.kind == "waiting"}
        history.settle({promise.task for promise in self.story.promises} - waiting, 60 * SLOW)
        Checker(history, lambda: [call for call in list(self.witness.calls) if call["task"]]).judge(
            self.story.promises)
        self.assertEqual(self.story.surprises, [])
        made = {promise.task for promise in self.story.promises}
        wait_for("the list has every task", lambda: made <= {
            item["id"] for item in client.items("/api/v1/tasks")})
        refusals = collections.Counter(f"{status} {code}" for status, code in self.story.refusals)
        print(f"full disk: {len(made)} tasks kept; refused: {dict(refusals)}", flush=True)


def enter_namespace():
    """Where this user may not mount, a user namespace of its own may let it."""
    if os.environ.get("CARILLON_IN_NAMESPACE") or not shutil.which("unshare"):
        return
    with temporary_folder() as folder:
        if mount(folder):
            subprocess.run(["umount", str(folder)], check=True)
            return
    inside = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode == 0:
        os.environ["CARILLON_IN_NAMESPACE"] = "1"
        os.execvp("unshare", [*inside, sys.executable, "-B", *sys.argv])


if __name__ == "__main__":
    enter_namespace()
    unittest.main(verbosity=2)
