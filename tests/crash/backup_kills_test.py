#!/usr/bin/env python3
"""kill -9 while a backup is made of a server under load, and while one is restored.

Whatever is left of a backup is refused, or restores to everything that was acknowledged before it
began. Whatever is left of a restore is refused by a start, and the restore can be repeated.
"""

import os
import signal
import unittest

from checker import Checker, History
from harness import Server, cli
from rest_client import Client, Refused, wait_for
from story import ACTS, Players
from watched_server import SETTINGS, WatchedServer, WatchedServerTest

NIGHTLY = os.environ.get("CARILLON_NIGHTLY") == "1"
# Kills per test; the nightly run takes every step, before and after it.
KILLS = int(os.environ.get("CARILLON_CRASH_KILLS", "0" if NIGHTLY else "8"))
REFUSALS = ("is not a backup.", "is an unfinished backup:", "is an incomplete backup:")
# A restored copy must not call the witness: its calls belong to the history that was copied.
SILENT = {**SETTINGS, "executors.http.allow": "192.0.2.0/24"}


class BackedUpServer(WatchedServer):
    """A server that is backed up beside its data, all of it below the watched directory."""

    def __init__(self, folder, witness, seed):
        super().__init__(folder, witness, seed, {**ACTS, "table": 0})
        self.disk = folder / "disk"
        self.made = 0

    def next_folder(self, kind):
        self.made += 1
        return self.disk / f"{kind}-{self.made}"

    def steps_of(self, kind, before):
        """How many steps of that kind came behind the first ones."""
        return sum(name.startswith(f"{kind}.") for name in self.shim.step_names()[before:])

    def promised(self):
        """What a backup that begins now must hold."""
        return list(self.story.promises), dict(self.story.keys)

    def judge_more(self, client):
        if self.story.surprises:
            raise AssertionError(self.story.surprises)


class BackupKills(WatchedServerTest):
    """Each test has one server with a history; a kill takes one process of it."""

    def setUp(self):
        super().setUp()
        print(f"CARILLON_E2E_SEED={self.seed}", flush=True)
        self.course = self.watch(BackedUpServer(self.place_of_next(), self.witness, self.seed))
        self.players = Players(self.course.story)
        self.addCleanup(self.players.close)
        self.outcomes = {"refused": 0, "whole": 0}

    def serve(self, **shim):
        self.assertTrue(self.course.serve(**shim), "it ends before it serves")
        self.players.port = self.course.server.port
        before = len(self.course.story.promises)
        wait_for("some work is promised",
                 lambda: len(self.course.story.promises) > before + 30)

    def ask_for_backup(self, folder):
        """True when the server says that it is made."""
        try:
            client = Client(self.course.server.port, timeout=30)
            client.ok("POST", "/api/v1/admin/backup", {"folder": str(folder)})
            return True
        except (OSError, ValueError, Refused) as fault:
            if isinstance(fault, Refused):
                raise
            return False

    def make_history(self):
        """A first life, with a backup whose steps are counted; then the server has ended."""
        self.serve(names=True)
        before = len(self.course.shim.step_names())
        folder = self.course.next_folder("backup")
        kept = self.course.promised()
        self.assertTrue(self.ask_for_backup(folder))
        self.end()
        self.restore_is_whole(folder, kept)
        return folder, kept, self.course.steps_of("backup", before)

    def end(self):
        self.players.port = None
        self.course.server.stop()

    def points(self, kind, steps):
        """Where to kill: all places, or some of them."""
        places = [f"{side}:{kind}.*:{n}" for n in range(1, steps + 1)
                  for side in ("before", "after")]
        chance = self.course.story.random
        return places if KILLS == 0 else sorted(chance.sample(places, min(KILLS, len(places))))

    def restored(self, folder, **environment):
        target = self.course.next_folder("restored")
        return cli("restore", folder, "--data-dir", target / "data", **environment), target

    def restore_is_whole(self, folder, kept):
        done, target = self.restored(folder)
        self.assertEqual(done.returncode, 0, done)
        self.copy_is_whole(target, kept)

    def copy_is_whole(self, target, kept):
        """The doctor finds nothing, and a server on it tells all that was promised."""
        found = cli("doctor", "--data-dir", target / "data")
        self.assertEqual(found.returncode, 0, found)
        server = Server(target, settings=SILENT, log=target / "log")
        try:
            client = server.start().client
            promises, keys = kept
            for key, (task, _) in keys.items():
                again = client.ok("POST", "/api/v1/tasks", {"name": "keyed"},
                                  {"Idempotency-Key": key})
                self.assertEqual(again["id"], task, "a key was forgotten")
            history = History(client)
            checker = Checker(history, lambda: [])
            checker.promises_are_kept(promises)
            checker.versions_have_no_gaps()
            checker.attempts_stay_within_their_budget()
            checker.cancelled_tasks_stay_cancelled(promises)
            self.assertEqual(checker.faults, [])
            client.await_status(client.create(schedule=True)["id"], "COMPLETED")
        finally:
            server.stop()

    def is_refused_or_whole(self, folder, kept):
        """What a restore makes of a backup that may be unfinished."""
        done, target = self.restored(folder)
        if done.returncode == 0:
            self.outcomes["whole"] += 1
            self.copy_is_whole(target, kept)
            return
        self.outcomes["refused"] += 1
        self.assertEqual(done.returncode, 1, done)
        self.assertTrue(any(f"{folder} {words}" in done.stderr for words in REFUSALS), done)
        self.assertFalse(target.exists(), "a refused restore makes something")

    def test_a_killed_server_leaves_no_backup_that_looks_whole(self):
        _, _, steps = self.make_history()
        for point in self.points("backup", steps):
            with self.subTest(point=point):
                self.serve(kill=point)
                folder, kept = self.course.next_folder("backup"), self.course.promised()
                answered = self.ask_for_backup(folder)
                if answered:  # Fewer steps than the first time.
                    self.players.port = None
                    self.course.server.kill()
                    self.restore_is_whole(folder, kept)
                else:
                    self.players.port = None
                    self.assertEqual(self.course.server.process.wait(30), -signal.SIGKILL)
                    self.is_refused_or_whole(folder, kept)
        self.tell("online backup", steps)
        self.course.judge()

    def test_a_killed_backup_leaves_no_backup_that_looks_whole(self):
        _, kept, steps = self.make_history()
        kept = self.course.promised()
        for point in self.points("backup", steps):
            with self.subTest(point=point):
                folder = self.course.next_folder("backup")
                done = cli("backup", folder, "--data-dir", self.course.server.data,
                           **self.course.shim.environment(kill=point))
                if done.returncode == 0:
                    self.restore_is_whole(folder, kept)
                else:
                    self.assertEqual(done.returncode, -signal.SIGKILL, done)
                    self.is_refused_or_whole(folder, kept)
        self.tell("offline backup", steps)
        self.course.judge()

    def test_a_killed_restore_is_recognised_and_can_be_repeated(self):
        folder, kept, _ = self.make_history()
        before = len(self.course.shim.step_names())
        done, _ = self.restored(folder, **self.course.shim.environment(names=True))
        self.assertEqual(done.returncode, 0, done)
        steps = self.course.steps_of("restore", before)
        for point in self.points("restore", steps):
            with self.subTest(point=point):
                done, target = self.restored(folder, **self.course.shim.environment(kill=point))
                if done.returncode != 0:
                    self.assertEqual(done.returncode, -signal.SIGKILL, done)
                    self.is_unfinished_or_whole(target)
                if not (target / "data" / "store").exists():
                    again = cli("restore", folder, "--data-dir", target / "data")
                    self.assertEqual(again.returncode, 0, again)
                self.copy_is_whole(target, kept)
        self.tell("restore", steps)

    def is_unfinished_or_whole(self, target):
        """Nothing begins on a half of a restore as if it were new."""
        data = target / "data"
        if (data / "store").exists():
            self.outcomes["whole"] += 1
            return
        self.outcomes["refused"] += 1
        if not data.exists() or not list(data.iterdir()):
            return  # Killed before anything was there.
        found = cli("doctor", "--data-dir", data)
        self.assertEqual(found.returncode, 1, found)
        self.assertIn("was not finished", found.stdout)
        server = Server(target, settings=SILENT, log=target / "log")
        server.spawn()
        self.assertEqual(server.process.wait(30), 1, server.log)
        self.assertIn(f"A restore into {data} was not finished.", server.log)
        self.assertFalse((data / "store").exists())

    def tell(self, what, steps):
        print(f"backup kills, {what}: {sum(self.outcomes.values())} kills in {steps} steps, "
              f"{self.outcomes['refused']} refused or to be repeated, "
              f"{self.outcomes['whole']} whole", flush=True)
        self.assertGreater(self.outcomes["refused"], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
