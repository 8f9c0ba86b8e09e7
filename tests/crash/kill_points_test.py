#!/usr/bin/env python3
"""kill -9 right before and right after every kind of step that the server makes on its disk.

The steps are named by the shim; a first run without kills says which there are. Each point is then
hit once, on a new directory or on one with a history, and the history is judged at the end.
"""

import collections
import os
import random
import unittest

from checker import Checker, History
from harness import PATIENCE, Server, temporary_folder
from rest_client import Client, wait_for
from shim import Shim
from story import CountingWitness, Story

ONLY = os.environ.get("CARILLON_CRASH_POINT")  # such as before:rocksdb.wal.sync:1
SETTINGS = {"storage.write-buffer-bytes": "1MiB", "drain": "0s"}
# What makes RocksDB write a table while it serves: more than a write buffer.
BULK = [{"name": "bulk", "description": "d" * 9000}] * 90
ROUNDS = 4


class Course:
    """One life of the server on one directory: some acts, a flood, an orderly end."""

    def __init__(self, folder, witness, seed):
        self.folder = folder
        disk = folder / "disk"
        disk.mkdir(parents=True)
        self.shim = Shim(folder / "shim", disk)
        self.witness = witness
        self.story = Story(seed, witness)
        self.server = Server(disk, settings=SETTINGS, log=folder / "log")

    def run(self, **shim):
        """Starts, acts and ends in order, unless the shim ends it before; true when it did."""
        server = self.server
        server.environment = self.shim.environment(**shim)
        if not self.start():
            return True
        client = Client(server.port, timeout=20)
        for round_ in range(ROUNDS):
            for _ in range(10):
                self.story.step(client)
            if round_ == 0:
                self.story.act(client, "table")
            self.flood(client)
            if self.has_ended():
                return True
        wait_for("the report is written", lambda: self.has_ended() or (
            self.story.table and (server.data / "files" / self.story.table).exists()))
        if not self.has_ended():
            server.process.terminate()
        code = server.process.wait(PATIENCE)
        if code not in (0, -9):
            raise AssertionError(f"the server ended with {code}: {server.log}")
        return code == -9

    def start(self):
        server = self.server
        server.spawn()
        port_file = server.folder / "port"
        wait_for(f"the server serves or is gone; log: {server.log}", lambda: self.has_ended() or (
            port_file.exists() and port_file.read_text().strip()))
        if self.has_ended():
            code = server.process.wait()
            if code != -9:
                raise AssertionError(f"the server ended with {code}: {server.log}")
            return False
        server.port = int(port_file.read_text())
        return True

    def flood(self, client):
        try:
            client.post("/api/v1/tasks:batch", BULK)
        except OSError:
            pass  # Killed on the way.

    def has_ended(self):
        return self.server.process.poll() is not None

    def judge(self):
        """Starts without kills and looks at all that is left."""
        self.server.environment = {}
        client = self.server.start().client
        history = History(client)
        waiting = {promise.task for promise in self.story.promises if promise.kind == "waiting"}
        history.settle(set(history.of_task) - waiting, PATIENCE)
        Checker(history, lambda: self.calls(history)).judge(self.story.promises)
        self.server.stop()
        if self.story.surprises:
            raise AssertionError(self.story.surprises)

    def calls(self, history):
        """Those of this history: one witness serves all courses."""
        tasks = {promise.task for promise in self.story.promises} | set(history.of_task)
        return [call for call in list(self.witness.calls) if call["task"] in tasks]

    def close(self):
        self.server.stop()
        self.shim.close()


class KillPoints(unittest.TestCase):
    """All named points, and the list of them."""

    def setUp(self):
        self.seed = int(os.environ.get("CARILLON_E2E_SEED",
                                       random.SystemRandom().getrandbits(32)))
        self.folder = self.enterContext(temporary_folder())
        self.witness = CountingWitness()
        self.addCleanup(self.witness.close)
        self.made = 0

    def course(self):
        self.made += 1
        course = Course(self.folder / str(self.made), self.witness, self.seed + self.made)
        self.addCleanup(course.close)
        return course

    def names(self):
        """What a first life does, and what a second does that the first does not."""
        course = self.course()
        self.assertFalse(course.run(names=True), "nothing was to kill it")
        first = course.shim.step_names()
        self.assertFalse(course.run(names=True))
        second = course.shim.step_names()[len(first):]
        course.judge()
        return collections.Counter(first), collections.Counter(second)

    def hit(self, point, old):
        """Most steps are made again on a directory with a history, some only on a new one."""
        if old and (old.run(kill=point) or old.run(kill=point)):
            return True
        fresh = self.course()
        hit = fresh.run(kill=point) or fresh.run(kill=point)
        fresh.judge()
        return hit

    def test_every_named_point_is_survived(self):
        first, second = self.names()
        old = self.course()
        old.run()
        hits = collections.Counter()
        missed, faults = [], []
        for name in sorted(first | second):
            if name.startswith("data.other"):
                continue  # The port file, which no restart reads.
            for side in ("before", "after"):
                point = f"{side}:{name}:1"
                if ONLY and point != ONLY:
                    continue
                try:
                    if self.hit(point, old if name in second else None):
                        hits[f"{side} {name}"] += 1
                    else:
                        missed.append(point)
                except AssertionError as fault:
                    faults.append(f"{point}: {str(fault)[:2000]}")
        try:
            old.judge()
        except AssertionError as fault:
            faults.append(f"the long history: {str(fault)[:4000]}")
        for point, times in sorted(hits.items()):
            print(f"kill point {point}: {times}")
        print(f"kill points: {len(hits)} of {len(hits) + len(missed)} hit, "
              f"CARILLON_E2E_SEED={self.seed}", flush=True)
        self.assertEqual(faults, [], "\n".join(faults))
        self.assertEqual(missed, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
