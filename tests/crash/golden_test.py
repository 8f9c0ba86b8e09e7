#!/usr/bin/env python3
"""Data directories of released versions open and say what they said then."""

import json
import tarfile
import unittest

from harness import PROJECT, Server, cli, temporary_folder
from rest_client import wait_for

GOLDEN = PROJECT / "tests" / "golden"
# However old the sample is, nothing of it may be tidied away.
SETTINGS = {f"retention.{what}": "36500d"
            for what in ("runs", "events", "logs", "journal", "completed-tasks")}
KILOBYTES_MAX = 200


class Golden(unittest.TestCase):
    """Each archive in turn."""

    def test_every_released_data_directory_opens_and_says_the_same(self):
        archives = sorted(GOLDEN.glob("*.tar.gz"))
        self.assertGreaterEqual(len(archives), 2)
        for archive in archives:
            with self.subTest(archive=archive.name):
                self.check(archive)
        print(f"golden: {len(archives)} data directories opened", flush=True)

    def test_the_samples_stay_small(self):
        size = sum(path.stat().st_size for path in GOLDEN.glob("*.tar.gz"))
        self.assertLess(size, KILOBYTES_MAX * 1024)

    def check(self, archive):
        with temporary_folder() as folder:
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
            said = json.loads((folder / "said.json").read_text())
            found = cli("doctor", "--data-dir", folder / "data")
            self.assertEqual(found.returncode, 0, found)
            server = Server(folder, settings=SETTINGS)
            try:
                self.compare(server.start().client, said)
            finally:
                server.stop()

    def compare(self, client, said):
        for task_id, then in said["tasks"].items():
            now = client.task(task_id)
            # A later version may say more, never something else.
            self.assertEqual({key: now.get(key) for key in then}, then)
        wait_for("the list has every task", lambda: set(said["tasks"]) == {
            item["id"] for item in client.items("/api/v1/tasks")})
        now = client.events()[:len(said["events"])]
        self.assertEqual([self.essence(event) for event in now],
                         [self.essence(event) for event in said["events"]])
        # It lives: what it is given from now on is done.
        client.await_status(client.create(schedule=True)["id"], "COMPLETED")

    @staticmethod
    def essence(event):
        return (event["position"], event["type"], event["subject"], event["time"],
                event["data"]["version"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
