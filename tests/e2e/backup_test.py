#!/usr/bin/env python3
"""Backups under load, restores, and the journal replayed through the same rules."""

import collections
import json
import re
import threading
import unittest

import harness
from harness import Server, temporary_folder
from rest_client import Client, Refused, wait_for

STATE_HASH = re.compile(r"(\d+) records replayed, state ([0-9a-f]{16})")


class Creator(threading.Thread):
    """Creates tasks without a pause and remembers those that were acknowledged."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.client = Client(port)
        self.ids = []
        self.failure = None
        self.enough = threading.Event()

    def run(self):
        try:
            while not self.enough.is_set():
                self.ids.append(self.client.create(schedule=len(self.ids) % 2 == 0)["id"])
        except (OSError, Refused) as failure:
            self.failure = failure

    def stop(self):
        self.enough.set()
        self.join()


class Backups(unittest.TestCase):
    """What a copy holds and what becomes of it."""

    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        (self.folder / "first").mkdir()
        (self.folder / "second").mkdir()
        self.server = Server(self.folder / "first")
        self.addCleanup(self.server.stop)

    def restored(self, backup):
        """A server over a data directory made from the backup."""
        server = Server(self.folder / "second")
        self.addCleanup(server.stop)
        done = harness.cli("restore", backup, "--data-dir", server.data)
        self.assertEqual(done.returncode, 0, done)
        return server.start()

    def test_a_backup_of_nothing_is_refused_and_makes_nothing(self):
        missing = self.folder / "missing"
        done = harness.cli("backup", self.folder / "copy", "--data-dir", missing)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(f"There is no data of carillon in {missing}.", done.stderr)
        self.assertFalse(missing.exists())
        self.assertFalse((self.folder / "copy").exists())

    def test_a_backup_under_load_holds_what_was_acknowledged_before_it(self):
        client = self.server.start().client
        creators = [Creator(self.server.port) for _ in range(2)]
        for creator in creators:
            creator.start()
        try:
            wait_for("some tasks", lambda: all(len(creator.ids) > 20 for creator in creators))
            before = {task for creator in creators for task in list(creator.ids)}
            answer = client.post("/api/v1/admin/backup", {"folder": str(self.folder / "backup")})
            self.assertEqual((answer.status, answer.json["folder"]),
                             (201, str(self.folder / "backup")), answer)
            during = sum(len(creator.ids) for creator in creators)
            wait_for("the load goes on", lambda: sum(
                len(creator.ids) for creator in creators) > during)
        finally:
            for creator in creators:
                creator.stop()
        self.assertEqual([creator.failure for creator in creators], [None, None])
        self.server.stop()
        copy = self.restored(self.folder / "backup").client
        wait_for("all are listed", lambda: before <= {
            task["id"] for task in copy.items("/api/v1/tasks")})
        for task in before:
            self.assertEqual(copy.task(task)["id"], task)
        # The copy lives: it runs what was armed and takes new work.
        for task in list(before)[:20]:
            if copy.task(task)["status"] != "CREATED":
                copy.await_status(task, "COMPLETED")
        task = copy.create(schedule=True)
        copy.await_status(task["id"], "COMPLETED")

    def test_a_folder_that_exists_is_not_written_over(self):
        client = self.server.start().client
        (self.folder / "backup").mkdir()
        answer = client.post("/api/v1/admin/backup", {"folder": str(self.folder / "backup")})
        self.assertEqual((answer.status, answer.code), (422, "invalid-value"), answer)
        relative = client.post("/api/v1/admin/backup", {"folder": "backup"})
        self.assertEqual(relative.status, 422, relative)

    def test_a_restore_writes_over_nothing(self):
        client = self.server.start().client
        task = client.create()
        client.ok("POST", "/api/v1/admin/backup", {"folder": str(self.folder / "backup")})
        done = harness.cli("restore", self.folder / "backup", "--data-dir", self.server.data)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("holds data already", done.stderr)
        self.assertEqual(client.task(task["id"]), task)
        empty = harness.cli("restore", self.folder / "second", "--data-dir", self.folder / "x")
        self.assertEqual(empty.returncode, 1, empty)
        self.assertIn("is not a backup", empty.stderr)

    def test_a_backup_of_which_something_is_missing_is_refused_and_nothing_is_made(self):
        self.server.start().client.create()
        self.server.stop()
        backup = self.folder / "backup"
        done = harness.cli("backup", backup, "--data-dir", self.server.data)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual((backup / "BACKUP").read_text().splitlines()[0], "carillon backup 1")

        def is_refused(words):
            done = harness.cli("restore", backup, "--data-dir", self.folder / "x")
            self.assertEqual(done.returncode, 1, done)
            self.assertIn(f"{backup} {words}", done.stderr)
            self.assertFalse((self.folder / "x").exists())

        table = next((backup / "store").glob("MANIFEST-*"))
        name, whole = table.relative_to(backup), table.read_bytes()
        table.write_bytes(whole[:-5])
        is_refused(f"is an incomplete backup: {name} has {len(whole) - 5} bytes "
                   f"instead of {len(whole)}.")
        table.unlink()
        is_refused(f"is an incomplete backup: {name} is missing.")
        table.write_bytes(whole)
        listed = (backup / "BACKUP").read_bytes()
        (backup / "BACKUP").write_bytes(listed[:-6])
        is_refused("is an incomplete backup: its file BACKUP is cut off.")
        (backup / "BACKUP").unlink()
        is_refused("is an unfinished backup: it has no file BACKUP, which is written last.")

    def test_a_server_does_not_begin_anew_where_a_restore_was_not_finished(self):
        (self.server.data / "store.incoming").mkdir(parents=True)
        self.server.spawn()
        self.assertEqual(self.server.process.wait(harness.PATIENCE), 1, self.server.log)
        self.assertIn(f"A restore into {self.server.data} was not finished.", self.server.log)
        self.assertFalse((self.server.data / "store").exists())
        for command in (["doctor"], ["backup", self.folder / "copy"]):
            found = harness.cli(*command, "--data-dir", self.server.data)
            self.assertEqual(found.returncode, 1, found)
            self.assertIn("was not finished", found.stdout + found.stderr)

    def test_a_restore_that_was_killed_can_be_repeated(self):
        client = self.server.start().client
        task = client.create()
        client.ok("POST", "/api/v1/admin/backup", {"folder": str(self.folder / "backup")})
        # What is there after the keys were copied and before the store had its name.
        half = self.folder / "second" / "data"
        (half / "store.incoming").mkdir(parents=True)
        (half / "keys").write_bytes(bytes(48))
        self.assertEqual(self.restored(self.folder / "backup").client.task(task["id"]), task)

    def test_a_backup_without_a_server(self):
        task = self.server.start().client.create(schedule=True, every="PT1H")
        self.server.stop()
        done = harness.cli("backup", self.folder / "backup", "--data-dir", self.server.data)
        self.assertEqual(done.returncode, 0, done)
        copy = self.restored(self.folder / "backup").client
        self.assertEqual(copy.task(task["id"])["status"], "SCHEDULED")

    def test_a_backup_asked_of_a_running_server_by_the_command_line(self):
        self.server.start().client.create()
        done = harness.cli("backup", self.folder / "backup", "--online", "--server",
                           f"http://127.0.0.1:{self.server.port}")
        self.assertEqual(done.returncode, 0, done)
        self.assertTrue((self.folder / "backup" / "store").is_dir())


class Replay(unittest.TestCase):
    """The journal tells everything: the same records give the same history."""

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(temporary_folder())
        server = Server(cls.folder)
        cls.addClassCleanup(server.stop)
        client = server.start().client
        tasks = [
            client.create(name="one shot", schedule=True),
            client.create(name="failing", schedule=True, maxRetries=1, retryDelayMs=20,
                          parameters={"type": "fail"}),
            client.create(name="defined only"),
            client.create(name="steps", schedule=True, parameters={"type": "workflow", "steps": [
                {"name": "a"}, {"name": "b", "dependsOn": ["a"]}]})]
        recurring = client.create(name="recurring", schedule=True, every="PT1S", maxRuns=3)
        cancelled = client.act(client.create(schedule=True, every="PT1H")["id"], "cancel")
        client.await_status(tasks[0]["id"], "COMPLETED")
        client.await_status(tasks[1]["id"], "FAILED")
        client.await_status(tasks[3]["id"], "COMPLETED")
        client.await_status(recurring["id"], "COMPLETED")
        cls.tasks = {task["id"]: client.task(task["id"])
                     for task in [*tasks, recurring, cancelled]}
        cls.slots = {task: client.items(f"/api/v1/tasks/{task}/slots") for task in cls.tasks}
        cls.facts = client.events()
        server.stop()
        cls.journal = cls.folder / "journal.jsonl"
        done = harness.cli("journal", "export", "--data-dir", server.data, "--output", cls.journal)
        if done.returncode != 0:
            raise AssertionError(done)
        cls.exported = done.stderr

    def replay(self, *arguments):
        done = harness.cli("replay", self.journal, *arguments)
        self.assertEqual(done.returncode, 0, done)
        self.assertNotIn("was refused", done.stderr)
        return done

    def test_the_export_says_how_many_records_it_wrote(self):
        lines = self.journal.read_text().splitlines()
        self.assertEqual(self.exported.strip(), f"{len(lines)} records exported")
        for line in lines:
            json.loads(line)

    def test_two_replays_come_to_the_same_state(self):
        first, second = (STATE_HASH.search(self.replay().stderr) for _ in range(2))
        self.assertTrue(first)
        self.assertEqual(first.groups(), second.groups())

    def test_a_replay_tells_the_same_facts_as_the_server_did(self):
        told = [json.loads(line) for line in self.replay("-o", "jsonl").stdout.splitlines()]
        told = [fact for fact in told if fact.get("topic", "task-events") == "task-events"]
        ours = [(fact["subject"], fact["type"], fact["data"]["version"]) for fact in self.facts]
        self.assertEqual([(fact["subject"], fact["type"], fact["data"]["version"])
                          for fact in told[:len(ours)]], ours)

    def test_a_replay_prints_the_ledger_and_the_last_statuses(self):
        slots = collections.defaultdict(list)
        last = {}
        for line in self.replay().stdout.splitlines():
            task = line.split()[1]
            slot = re.search(r"  slot (\S+)(?: x(\d+))? ([A-Z_]+)", line)
            if slot:
                slots[task].append((slot[1], slot[3]))
            status = re.search(r"  -> ([A-Z]+)$", line)
            if status:
                last[task] = status[1]
        for task, state in self.tasks.items():
            with self.subTest(name=state["name"]):
                self.assertEqual(sorted(slots[task]), sorted(
                    (slot["first"], slot["disposition"]) for slot in self.slots[task]))
                self.assertEqual(last[task], state["status"])

    def test_a_replay_can_stop_in_the_past(self):
        half = len(self.journal.read_text().splitlines()) // 2
        position = json.loads(self.journal.read_text().splitlines()[half - 1])["position"]
        stopped = STATE_HASH.search(self.replay("--until", str(position)).stderr)
        self.assertEqual(int(stopped[1]), half)

    def test_a_damaged_journal_is_refused_with_its_line(self):
        lines = self.journal.read_text().splitlines()
        lines[1] = lines[1][:-5]
        damaged = self.folder / "damaged.jsonl"
        damaged.write_text("\n".join(lines) + "\n")
        done = harness.cli("replay", damaged)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("Line 2", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
