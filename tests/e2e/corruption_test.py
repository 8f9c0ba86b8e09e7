#!/usr/bin/env python3
"""Files that were damaged while nobody served: a torn tail opens, anything else is reported."""

import collections
import itertools
import pathlib
import re
import shutil
import subprocess
import unittest

from harness import BINARY, PATIENCE, Server, cli, temporary_folder
from rest_client import Client, wait_for

TASKS = 200
# One file of each kind is damaged, the largest.
FILE_KINDS = {"log": "store/*.log", "table": "store/*.sst", "manifest": "store/MANIFEST-*",
              "current": "store/CURRENT", "identity": "store/IDENTITY",
              "options": "store/OPTIONS-*", "mark": "store/ACKNOWLEDGED", "keys": "keys",
              "views": "views.db", "views-log": "views.db-wal", "output": "logs.db"}
PLACES = (0.02, 0.3, 0.55, 0.8, 0.99)
BLOCK = 512


class DamagedFiles(unittest.TestCase):
    """One data directory is made once; each test damages a copy of it."""

    @classmethod
    def setUpClass(cls):
        cls.whole = cls.enterClassContext(temporary_folder())
        server = Server(cls.whole)
        cls.addClassCleanup(server.stop)
        client = server.start().client
        batch = [{"name": f"kept {number}", "description": "d" * 200} for number in range(TASKS)]
        client.ok("POST", "/api/v1/tasks:batch", batch)
        # Opening again turns the log so far into tables; what follows stays in the log.
        server.kill()
        client = server.start().client
        for number in range(20):
            client.create(name=f"last {number}")
        cls.tasks = {task["id"]: task for task in wait_for("all are listed", lambda: (
            lambda items: len(items) == TASKS + 20 and items)(client.items("/api/v1/tasks")))}
        cls.events = client.events()
        server.kill()

    def setUp(self):
        folder = self.enterContext(temporary_folder())
        shutil.copytree(self.whole / "data", folder / "data")
        self.server = Server(folder)
        self.addCleanup(self.server.stop)
        self.store = folder / "data" / "store"

    def log_file(self):
        return max(self.store.glob("*.log"), key=lambda path: path.stat().st_mtime_ns)

    def start_is_refused(self, damaged=None, place=""):
        """The process must end by itself, with a message that names file, place and way back."""
        self.server.spawn()
        try:
            code = self.server.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.fail(f"it serves damaged data: {self.server.log}")
        self.assertEqual(code, 1, self.server.log)
        self.assertIn("carillon: ", self.server.log)
        self.assertIn(str(self.store), self.server.log)
        data = self.server.data
        self.assertIn(f"mv {data} {data}.damaged && carillon restore BACKUP --data-dir {data}",
                      self.server.log)
        if damaged is not None:
            self.assertRegex(self.server.log,
                             rf"The store is damaged: {re.escape(str(damaged))} {place}\.\n")
            self.assertNotIn("Corruption", self.server.log)
            found = cli("doctor", "--data-dir", data)
            self.assertEqual(found.returncode, 1, found)
            self.assertIn(str(damaged), found.stdout)
        return self.server.log

    def begin(self):
        """A client of the server once it is ready, or says which damage keeps the lists from it."""
        self.server.spawn()
        port = self.server.wait_for_port()
        client = Client(port)

        def settled():
            answer = client.get("/readyz")
            return answer.status == 200 or self.names_damage(answer)

        wait_for("the server is ready, or says what is damaged", settled, PATIENCE)
        return client

    def names_damage(self, answer):
        views = next(check for check in answer.json["checks"] if check["name"] == "views")
        return re.search(r"\d+\.sst is damaged at byte \d+", views.get("detail", ""))

    def never_served_wrong(self):
        """It refuses to start, or each task is read as it was or answered with an error."""
        try:
            client = self.begin()
        except AssertionError:
            self.assertEqual(self.server.process.wait(PATIENCE), 1, self.server.log)
            self.assertIn(str(self.store), self.server.log)
            return "refused"
        errors = 0
        for task_id, task in self.tasks.items():
            answer = client.get(f"/api/v1/tasks/{task_id}")
            if answer.status == 200:
                self.assertEqual(answer.json, task)
            else:
                self.assertEqual((answer.status, answer.code), (500, "corrupt"), answer)
                errors += 1
        self.server.kill()
        return f"{errors} errors"

    def test_an_undamaged_copy_opens_with_everything(self):
        client = self.server.start().client
        self.assertEqual({task_id: client.task(task_id) for task_id in self.tasks}, self.tasks)

    def test_a_torn_record_that_nobody_was_told_of_is_dropped(self):
        log = self.log_file()
        bytes_before = log.read_bytes()
        # The beginning of a record, as a power cut leaves it: header and half of a body.
        log.write_bytes(bytes_before + b"\x11\x22\x33\x44\xff\x01\x01half a record")
        client = self.server.start().client
        self.assertEqual({task_id: client.task(task_id) for task_id in self.tasks}, self.tasks)
        self.assertEqual(client.create()["status"], "CREATED")

    def test_a_log_that_lost_acknowledged_records_is_refused(self):
        log = self.log_file()
        log.write_bytes(log.read_bytes()[:-7])
        self.assertIn("acknowledged", self.start_is_refused().lower())

    def test_a_torn_tail_without_the_record_of_what_was_acknowledged_opens(self):
        log = self.log_file()
        log.write_bytes(log.read_bytes()[:-7])
        (self.store / "ACKNOWLEDGED").unlink()
        client = self.server.start().client
        missing = [task_id for task_id in self.tasks
                   if client.get(f"/api/v1/tasks/{task_id}").status == 404]
        self.assertLessEqual(len(missing), 1)

    def test_a_flipped_byte_amid_the_log_is_refused(self):
        log = self.log_file()
        flip(log, log.stat().st_size // 2)
        self.start_is_refused(log, r"is damaged at byte \d+")

    def test_a_flipped_byte_of_a_table_is_never_served(self):
        tables = sorted(self.store.glob("*.sst"))
        self.assertTrue(tables, list(self.store.iterdir()))
        for table in tables:
            for place in (0.1, 0.5, 0.9):
                with self.subTest(table=table.name, place=place):
                    flip(table, int(table.stat().st_size * place))
                    self.never_served_wrong()
                    shutil.rmtree(self.server.data)
                    shutil.copytree(self.whole / "data", self.server.data)

    def test_a_truncated_table_is_refused(self):
        table = max(self.store.glob("*.sst"), key=lambda path: path.stat().st_size)
        size = table.stat().st_size
        table.write_bytes(table.read_bytes()[:size // 2])
        self.start_is_refused(table, f"has {size // 2} bytes instead of {size}")

    def test_a_flipped_byte_of_what_a_table_says_of_itself_is_refused(self):
        table = max(self.store.glob("*.sst"), key=lambda path: path.stat().st_size)
        flip(table, int(table.stat().st_size * 0.97))
        self.start_is_refused(table, r"is damaged at byte \d+")

    def test_the_doctor_finds_a_flipped_byte_that_no_start_reads(self):
        table = max(self.store.glob("*.sst"), key=lambda path: path.stat().st_size)
        sound = cli("doctor", "--data-dir", self.server.data)
        self.assertEqual(sound.returncode, 0, sound)
        flip(table, table.stat().st_size // 2)
        found = cli("doctor", "--data-dir", self.server.data)
        self.assertEqual(found.returncode, 1, found)
        self.assertRegex(found.stdout, rf"{re.escape(str(table))} is damaged at byte \d+\.")
        self.assertIn("carillon restore BACKUP", found.stdout)

    def test_a_missing_table_is_refused(self):
        table = max(self.store.glob("*.sst"), key=lambda path: path.stat().st_size)
        table.unlink()
        self.start_is_refused(table, "is missing")

    def test_a_missing_or_empty_current_is_refused_and_nothing_is_made(self):
        current = self.store / "CURRENT"
        current.write_bytes(b"")
        self.start_is_refused(current, "does not name a manifest")
        current.unlink()
        self.start_is_refused(current, "is missing")
        self.assertFalse(current.exists())

    def test_a_missing_manifest_is_refused(self):
        manifest = next(self.store.glob("MANIFEST-*"))
        manifest.unlink()
        self.start_is_refused(manifest, "is missing")

    def test_the_way_back_that_is_named_leads_back(self):
        data = self.server.data
        backup = self.server.folder / "backup"
        done = cli("backup", backup, "--data-dir", data)
        self.assertEqual(done.returncode, 0, done)
        (self.store / "CURRENT").unlink()
        command = re.search(r"(mv .*)$", self.start_is_refused(), re.MULTILINE)[1]
        command = command.replace("carillon restore BACKUP", f"{BINARY} restore {backup}")
        subprocess.run(["sh", "-ec", command], check=True, stdout=subprocess.DEVNULL)
        client = self.server.start().client
        self.assertEqual({task_id: client.task(task_id) for task_id in self.tasks}, self.tasks)

    def test_a_zeroed_manifest_is_refused(self):
        manifest = next(self.store.glob("MANIFEST-*"))
        manifest.write_bytes(bytes(manifest.stat().st_size))
        self.start_is_refused(manifest, "is damaged at byte 0")

    def test_any_damage_to_any_file_is_reported_or_harms_nothing(self):
        """A flipped bit, a cut and a zeroed block, at many places of one file of every kind."""
        outcomes, faults = collections.Counter(), []
        for kind, pattern in FILE_KINDS.items():
            whole = self.whole / "data"
            name = max(whole.glob(pattern), key=lambda found: found.stat().st_size).relative_to(
                whole)
            for damage, place in itertools.product((flip_bit, cut, zero_block), PLACES):
                shutil.rmtree(self.server.data)
                shutil.copytree(self.whole / "data", self.server.data)
                if not damage(self.server.data / name, place):
                    continue
                self.server._log.unlink(missing_ok=True)
                try:
                    outcome = self.outcome_of(name)
                except AssertionError as fault:
                    outcome = "FAULT"
                    faults.append(f"{damage.__name__} of {name} at {place}: {str(fault)[:900]}")
                outcomes[f"{kind:10} {damage.__name__:10} {outcome}"] += 1
        for outcome, times in sorted(outcomes.items()):
            print(f"damage {outcome}: {times}", flush=True)
        self.assertEqual(faults, [], "\n".join(faults))

    def outcome_of(self, name):
        """Refused with the file and the way out, or served with right answers or errors only."""
        try:
            client = self.begin()
        except AssertionError:
            # It ends by itself: what still runs has not become ready and is no refusal.
            if self.server.process.poll() is None:
                self.server.kill()
                raise
            self.assertEqual(self.server.process.returncode, 1, self.server.log)
            self.assertIn(str(name), self.server.log)
            self.assertIn("hint: ", self.server.log)
            return "refused"
        found = "right"
        for task_id, task in self.tasks.items():
            answer = client.get(f"/api/v1/tasks/{task_id}")
            if answer.status != 200:
                self.assertEqual((answer.status, answer.code), (500, "corrupt"), answer)
                found = "answered with an error"
            elif answer.json != task:
                self.fail(f"it serves {answer.json} instead of {task}")
        answer = client.get(f"/api/v1/events?topic=task-events&limit={len(self.events)}")
        if answer.status != 200:
            self.assertEqual((answer.status, answer.code), (500, "corrupt"), answer)
            found = "answered with an error"
        else:
            self.assertEqual(answer.json["items"], self.events, "other events")
        wait_for("the list has all tasks", lambda: found != "right" or {
            item["id"]: item["name"] for item in client.items("/api/v1/tasks")} == {
                task_id: task["name"] for task_id, task in self.tasks.items()}, 20)
        if "damaged" in self.server.log:
            found += ", reported"
        self.server.kill()
        return found

    def test_views_can_be_made_anew(self):
        for name in self.server.data.glob("views.db*"):
            name.unlink()
        client = self.server.start().client
        wait_for("the list has all tasks again", lambda: {
            task["id"] for task in client.items("/api/v1/tasks")} == set(self.tasks))

    def test_damaged_views_are_never_served(self):
        views = self.server.data / "views.db"
        self.assertGreater(views.stat().st_size, 0)
        views.write_bytes(b"\xa5" * views.stat().st_size)
        for beside in self.server.data.glob("views.db-*"):
            beside.unlink()
        try:
            client = self.server.start().client
        except AssertionError:
            self.assertIn("views", self.server.log)
            return
        wait_for("the list has all tasks again", lambda: {
            task["id"] for task in client.items("/api/v1/tasks")} == set(self.tasks))


def flip(path: pathlib.Path, offset):
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 0x40]))


def flip_bit(path, place):
    size = path.stat().st_size
    if size:
        flip(path, min(int(size * place), size - 1))
    return size > 0


def cut(path, place):
    size = path.stat().st_size
    with open(path, "r+b") as file:
        file.truncate(int(size * place))
    return int(size * place) < size


def zero_block(path, place):
    """False where the block was zeros already."""
    size = path.stat().st_size
    start = min(int(size * place), size - 1) // BLOCK * BLOCK if size else 0
    with open(path, "r+b") as file:
        file.seek(start)
        before = file.read(BLOCK)
        file.seek(start)
        file.write(bytes(len(before)))
    return before.strip(b"\0") != b""


if __name__ == "__main__":
    unittest.main(verbosity=2)
