#!/usr/bin/env python3
"""Loss of power after any step of a scenario: what was acknowledged is there afterwards.

The scenario is recorded once; then the disk is rebuilt as it could be after each step, and a server
is started on it. A second pass keeps torn parts of what was not synced, drawn by a seed; a third
keeps names and sizes, with zeros for bytes.
"""

import os
import random
import shutil
import unittest

from checker import Checker, History
from disk import SECTOR, SYNC, Disk, read_steps
from harness import Server, temporary_folder
from shim import Shim
from story import ACTS, CountingWitness, Story

NIGHTLY = os.environ.get("CARILLON_NIGHTLY") == "1"
STEPS = 300
# Small buffers make the scenario write tables; views must not slow it down.
SETTINGS = {"storage.write-buffer-bytes": "1MiB"}
# Starts per pass; every step is tried in the nightly run.
POINTS = int(os.environ.get("CARILLON_CRASH_POINTS", "0" if NIGHTLY else "28"))
# What makes RocksDB write a table while it serves, and add to its manifest.
FLOOD = [{"name": "flood", "description": "d" * 4000}] * 150
FLOOD_EVERY = 50
MANIFEST_POINTS = 12
ONLY = os.environ.get("CARILLON_CRASH_STEP")


class WriteLoss(unittest.TestCase):
    """One record, many disks."""

    @classmethod
    def setUpClass(cls):
        cls.seed = int(os.environ.get("CARILLON_E2E_SEED", random.SystemRandom().getrandbits(32)))
        cls.folder = cls.enterClassContext(temporary_folder())
        disk = cls.folder / "recorded"
        disk.mkdir()
        cls.shim = Shim(cls.folder / "shim", disk)
        cls.addClassCleanup(cls.shim.close)
        cls.witness = CountingWitness(lambda: cls.shim.count)
        cls.addClassCleanup(cls.witness.close)
        cls.story = Story(cls.seed, cls.witness, lambda: cls.shim.count, {**ACTS, "bulk": 3})
        server = Server(disk, settings=SETTINGS, log=cls.folder / "recorded.log")
        cls.addClassCleanup(server.stop)
        server.environment = cls.shim.environment(log=True)
        # The second start makes tables of the log, the second end leaves in order.
        for part in range(2):
            client = server.start().client
            for act in range(STEPS // 2):
                if act % FLOOD_EVERY == 0:
                    client.ok("POST", "/api/v1/tasks:batch", FLOOD)
                cls.story.step(client)
            cls.assert_clean_story()
            server.kill() if part == 0 else server.stop()
        cls.steps = read_steps(cls.shim.log)
        cls.recorded_calls = list(cls.witness.calls)
        print(f"write loss: CARILLON_E2E_SEED={cls.seed}, {len(cls.steps)} steps, "
              f"{len(cls.story.promises)} promises", flush=True)

    @classmethod
    def assert_clean_story(cls):
        if cls.story.surprises:
            raise AssertionError(cls.story.surprises)

    def test_what_was_not_synced_may_vanish(self):
        self.lose_power_after_each_step("drop")

    def test_what_was_not_synced_may_be_torn(self):
        self.lose_power_after_each_step("torn")

    def test_what_was_not_synced_may_be_zeros_of_its_size(self):
        self.lose_power_after_each_step("zeros")

    def test_a_log_that_was_never_synced_would_be_noticed(self):
        disk = Disk()
        for step in self.steps:
            if step.name != "rocksdb.wal.sync":
                disk.replay(step)
        with self.assertRaises(AssertionError):
            self.start_after(disk, self.steps[-1].number, "drop")

    def lose_power_after_each_step(self, variant):
        last = self.steps[-1].number
        wanted = range(0, last + 1)
        if variant == "drop":
            # Between two syncs the disk stays as it is, and the last step has promised most.
            syncs = (step.number for step in self.steps if step.change == SYNC)
            wanted = sorted({max(number - 1, 0) for number in syncs} | {last})
        disks = len(wanted)
        if POINTS:
            # The first steps make the directory, where nearly each is a case of its own.
            stride = max(last // POINTS, 1)
            wanted = sorted({*range(0, 60, 6), *range(self.seed % stride, last + 1, stride), last,
                             *self.manifest_writes()})
        if ONLY:
            wanted = [int(ONLY)]
        disk, at, tried, faults = Disk(), 0, 0, []
        for number in wanted:
            while at < len(self.steps) and self.steps[at].number <= number:
                disk.replay(self.steps[at])
                at += 1
            try:
                self.start_after(disk, number, variant)
            except AssertionError as fault:
                name = self.steps[max(at - 1, 0)].name
                faults.append(f"after step {number} ({name}): {str(fault)[:3000]}")
            tried += 1
        print(f"write loss, {variant}: {tried} of {disks} disks tried, {len(faults)} faults",
              flush=True)
        if faults:
            self.fail(f"{len(faults)} of {tried}; again with CARILLON_E2E_SEED={self.seed} "
                      "CARILLON_CRASH_STEP=N:\n" + "\n".join(faults[:8]))

    def manifest_writes(self):
        """The steps behind which the end of a manifest is not synced: rare, and no stride meets
        many."""
        writes = [step.number for step in self.steps
                  if step.name == "rocksdb.manifest.write" and step.offset >= SECTOR]
        return random.Random(self.seed).sample(writes, min(len(writes), MANIFEST_POINTS))

    def start_after(self, disk, number, variant):
        folder = self.folder / "image"
        shutil.rmtree(folder, ignore_errors=True)
        disk.write_to(folder, variant, f"{self.seed}-{number}")
        log = self.folder / "image.log"
        log.unlink(missing_ok=True)
        self.witness.next_chapter()
        promises = [promise for promise in self.story.promises if promise.at <= number]
        before = [call for call in self.recorded_calls if call["noted"] <= number]
        server = Server(folder, settings=SETTINGS, log=log)
        try:
            client = server.start().client
            history = History(client)
            for key, (task, promised_at) in self.story.keys.items():
                if promised_at <= number:
                    again = client.ok("POST", "/api/v1/tasks", {"name": "keyed"},
                                      {"Idempotency-Key": key})
                    self.assertEqual(again["id"], task, "a key was forgotten")
            live = [task for task in history.of_task
                    if not any(promise.kind == "waiting" and promise.task == task
                               for promise in self.story.promises)]
            if number % 5 == 0 or ONLY:
                history.settle(live, 30)
            Checker(history, lambda: before + self.witness.of_chapter(self.witness.chapter)).judge(
                promises)
            server.kill()
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()


if __name__ == "__main__":
    unittest.main(verbosity=2)
