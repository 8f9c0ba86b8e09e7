#!/usr/bin/env python3
"""The n-th write, sync, open, rename or allocation fails, for n = 1 to as many as there are.

A start may be refused with a reason, a request with an error; the process may not end by a signal
(unless memory is what it lacks), a single failure must pass without a restart, and whatever was
acknowledged is there at the next start.
"""

import os
import random
import re
import unittest

from harness import PATIENCE
from rest_client import Client, wait_for
from story import ACTS
from watched_server import WatchedServer, WatchedServerTest

NIGHTLY = os.environ.get("CARILLON_NIGHTLY") == "1"
POINTS = int(os.environ.get("CARILLON_CRASH_POINTS", "0" if NIGHTLY else "8"))
ONLY = os.environ.get("CARILLON_CRASH_FAIL")  # such as *.sync:17:EIO:once
ACTS_PER_LIFE = 30
NEVER = 1 << 62
REFUSAL = re.compile(r"^carillon: .+", re.MULTILINE)


class Life(WatchedServer):
    """One server on a new directory, one failure in it, and the start after it."""

    def run(self, fail):
        """Returns what became of the process: refused, served or ended."""
        if not self.serve(fail=fail):
            return "refused"
        client = Client(self.server.port, timeout=20)
        for _ in range(ACTS_PER_LIFE):
            self.story.step(client)
        return "ended" if self.has_ended() else "served"

    def recovers(self):
        """A single failure passes: writes are taken again without a restart."""
        client = Client(self.server.port, timeout=20)
        done = wait_for("writes are taken again", lambda: self.has_ended() or self.story.act(
            client, "noop"))
        return done and not self.has_ended()

    def end(self):
        """The exit code of an orderly end, or that of the process that had ended."""
        if not self.has_ended():
            self.server.process.terminate()
        return self.server.process.wait(PATIENCE)

    def judge_more(self, client):
        made = {promise.task for promise in self.story.promises}
        wait_for("the list has every task", lambda: made <= {
            item["id"] for item in client.items("/api/v1/tasks")})


class FailingCalls(WatchedServerTest):
    """Each kind of call in turn."""

    def life(self):
        acts = {**ACTS, "table": 4}
        return self.watch(Life(self.place_of_next(), self.witness, self.seed, acts))

    def calls_of(self, pattern):
        """How many there are in a life without failures."""
        life = self.life()
        self.assertEqual(life.run(f"{pattern}:{NEVER}:EIO:once"), "served", life.server.log)
        self.assertEqual(life.end(), 0, life.server.log)
        return life.shim.matched

    def points(self, count):
        if not POINTS or count <= POINTS:
            return range(1, count + 1)
        # The first calls are all different, the later ones much alike.
        chance = random.Random(self.seed)
        early = {round(count ** chance.uniform(0, 1)) for _ in range(POINTS // 2)}
        late = {chance.randint(count // 2, count) for _ in range(POINTS - POINTS // 2)}
        return sorted(early | late)

    def fail_each(self, pattern, errno, how="once", may_end=()):
        count = self.calls_of(pattern)
        points = [f"{pattern}:{n}:{errno}:{how}" for n in self.points(count)]
        if ONLY:
            points = [point for point in [ONLY] if point.startswith(f"{pattern}:")]
        outcomes, faults = {}, []
        for point in points:
            life = self.life()
            try:
                outcome = self.one(life, point, how, may_end)
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
            except AssertionError as fault:
                faults.append(f"CARILLON_CRASH_FAIL='{point}': {str(fault)[:1500]}\n"
                              f"{life.server.log[-800:]}")
            finally:
                life.close()
        told = ", ".join(f"{times} {outcome}" for outcome, times in sorted(outcomes.items()))
        print(f"{errno} at {pattern}, {how}: {len(points)} of {count} tried, {told}, "
              f"CARILLON_E2E_SEED={self.seed}", flush=True)
        self.assertEqual(faults, [], "\n".join(faults))

    def one(self, life, point, how, may_end):
        outcome = life.run(point)
        if outcome == "served" and how == "once" and not life.recovers():
            outcome = "ended"
        refusals = len(life.story.refusals)
        code = life.end()
        if outcome == "refused":
            self.assertIn(code, (1, *may_end), life.server.log)
            if code == 1:
                self.assertRegex(life.server.log, REFUSAL)
        elif outcome == "served":
            outcome = "refused a request" if refusals else "unharmed"
            self.assertIn(code, (0, *may_end), life.server.log)
        else:
            self.assertIn(code, may_end, life.server.log)
        life.judge()
        if not may_end:
            # A server without memory may misjudge a request; all others blame themselves.
            self.assertEqual([text for text in life.story.surprises if "HTTP 5" not in text], [])
        return outcome

    def test_a_failed_write(self):
        self.fail_each("*.write", "EIO")

    def test_a_full_disk_for_one_write(self):
        self.fail_each("*.write", "ENOSPC")

    def test_a_disk_that_stays_full(self):
        self.fail_each("*.write", "ENOSPC", "on")

    def test_a_failed_sync(self):
        self.fail_each("*.sync", "EIO")

    def test_syncs_that_go_on_failing(self):
        self.fail_each("*.sync", "EIO", "on")

    def test_no_descriptor_left_to_open_a_file(self):
        self.fail_each("*.[oc][pr]e[na]*", "EMFILE")

    def test_a_failed_rename(self):
        self.fail_each("*.rename", "EIO")

    def test_a_failed_allocation(self):
        # What cannot be written down without memory ends the process: by its own check, by the
        # runtime (SIGABRT), or by a library that does not look (SIGSEGV).
        self.fail_each("memory.allocate", "ENOMEM", may_end=(1, -6, -11))


if __name__ == "__main__":
    unittest.main(verbosity=2)
