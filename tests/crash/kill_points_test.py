#!/usr/bin/env python3
"""kill -9 right before and right after every kind of step that the server makes on its disk.

The steps are named by the shim; a first run without kills says which there are. Each point is then
hit once, on a new directory or on one with a history, and the history is judged at the end.
"""

import collections
import os
import random
import unittest

from harness import PATIENCE
from rest_client import Client, wait_for
from story import OVERLOAD
from watched_server import WatchedServer, WatchedServerTest

ONLY = os.environ.get("CARILLON_CRASH_POINT")  # such as before:rocksdb.wal.sync:1
# What makes RocksDB write a table while it serves: more than a write buffer.
BULK = [{"name": "bulk", "description": "d" * 4000}] * 200
ROUNDS = 4


class Course(WatchedServer):
    """One life of the server on one directory: some acts, a flood, an orderly end."""

    def run(self, **shim):
        """Starts, acts and ends in order, unless the shim ends it before; true when it did."""
        server = self.server
        if not self.serve(**shim):
            return self.was_killed()
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
        return self.was_killed(or_ended=0)

    def was_killed(self, or_ended=-9):
        """True when it was; any other end than that code is a fault."""
        code = self.server.process.wait(PATIENCE)
        if code not in (or_ended, -9):
            raise AssertionError(f"the server ended with {code}: {self.server.log}")
        return code == -9

    def flood(self, client):
        try:
            answer = client.post("/api/v1/tasks:batch", BULK)
        except OSError:
            return  # Killed on the way.
        if answer.status not in (201, *OVERLOAD):
            raise AssertionError(answer)

    def judge_more(self, client):
        if self.story.surprises:
            raise AssertionError(self.story.surprises)


class KillPoints(WatchedServerTest):
    """All named points, and the list of them."""

    def course(self):
        folder = self.place_of_next()
        return self.watch(Course(folder, self.witness, self.seed + self.made))

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
