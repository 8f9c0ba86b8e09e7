#!/usr/bin/env python3
"""Who may do what, and that no secret and no hostile text gets where it does not belong."""

import json
import re
import shutil
import subprocess
import unittest

import harness
from harness import PROJECT, ServerTest
from rest_client import wait_for

ADMIN = "a-secret-of-an-administrator"
READER = "a-secret-of-somebody-who-reads"


class Tokens(ServerTest):
    """A server with tokens takes nothing without one."""

    mode = "server"

    @classmethod
    def setUpClass(cls):
        tokens = cls.enterClassContext(harness.temporary_folder()) / "tokens"
        tokens.write_text(f"# name role secret\nops admin {ADMIN}\ndashboard read {READER}\n")
        tokens.chmod(0o600)
        cls.settings = {"auth.tokens-file": str(tokens)}
        super().setUpClass()

    def bearing(self, secret, method="GET", path="/api/v1/tasks", body=None):
        return self.client.call(method, path, body, {"Authorization": f"Bearer {secret}"})

    def test_nothing_is_served_without_credentials(self):
        self.assert_problem(self.client.get("/api/v1/tasks"), 401, "unauthorized")
        for secret in ("wrong", ADMIN[:-1], ADMIN + "x", ""):
            self.assert_problem(self.bearing(secret), 401, "unauthorized")
        self.assertEqual(self.client.get("/livez").status, 200)

    def test_a_reader_reads_and_changes_nothing(self):
        self.assertEqual(self.bearing(READER).status, 200)
        self.assert_problem(self.bearing(READER, "POST", body={"name": "x"}), 403, "forbidden")

    def test_the_history_names_who_did_it(self):
        task = self.bearing(ADMIN, "POST", body={"name": "x"})
        self.assertEqual((task.status, task.json["createdBy"]), (201, "ops"), task)
        path = f"/api/v1/tasks/{task.json['id']}"
        self.assertEqual(self.bearing(ADMIN, "POST", f"{path}/cancel", {}).status, 200)
        events = wait_for("the cancel is told", lambda: [
            event for event in self.bearing(ADMIN, path=f"{path}/events").json["items"]
            if event["type"] == "task.cancelled"])
        self.assertEqual(events[0]["by"], "ops")

    def test_the_command_line_says_that_credentials_are_missing(self):
        without = harness.cli("task", "list", port=self.server.port)
        self.assertEqual(without.returncode, 4, without)
        reader = harness.cli("task", "create", "x", port=self.server.port, CARILLON_TOKEN=READER)
        self.assertEqual(reader.returncode, 4, reader)
        self.assertEqual(harness.cli("task", "list", port=self.server.port,
                                     CARILLON_TOKEN=ADMIN).returncode, 0)

    def test_no_secret_is_ever_logged_or_printed(self):
        self.bearing(ADMIN)
        self.bearing("a-wrong-secret-that-was-tried")
        text = self.server.log + self.client.get("/metrics").body.decode()
        for secret in (ADMIN, READER, "a-wrong-secret-that-was-tried"):
            self.assertNotIn(secret, text)


class Guards(ServerTest):
    """What tasks may not reach, and what they may not do to logs and metrics."""

    mode = "server"
    settings = {"executors.http.allow": "192.0.2.1"}

    def test_an_http_task_does_not_reach_this_machine_by_any_spelling(self):
        witness = harness.Witness()
        self.addCleanup(witness.close)
        port = witness.url.rsplit(":", 1)[1]
        for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0",
                     "2130706433", "0x7f.1", "127.1"):
            with self.subTest(host=host):
                answer = self.client.post("/api/v1/tasks?schedule=true", {
                    "name": "inside", "parameters": {"type": "http",
                                                     "url": f"http://{host}:{port}/"}})
                if answer.status == 201:
                    self.client.await_status(answer.json["id"], "FAILED")
                else:
                    self.assertIn(answer.status, (403, 422), answer)
                    # What the hint names must be a key of the configuration.
                    self.assertIn("executors.http.allow", answer.json["hint"])
        self.assertEqual(witness.calls, [])

    def test_commands_are_off_by_default(self):
        answer = self.client.post("/api/v1/tasks?schedule=true", {
            "name": "x", "parameters": {"type": "command", "argv": ["/bin/true"]}})
        if answer.status == 201:
            failed = self.client.await_status(answer.json["id"], "FAILED")
            self.assertIn("executors.command.enabled", json.dumps(failed))
        else:
            self.assertEqual(answer.status, 422, answer)

    def test_control_characters_do_not_reach_the_log(self):
        name = "line\nforged level=error \x1b[31m red"
        task = self.client.create(name=name, schedule=True, parameters={
            "type": "fail", "message": name})
        self.client.await_status(task["id"], "FAILED")
        self.assertNotIn("\x1b", self.server.log)
        self.assertNotIn("\nforged", self.server.log)

    def test_a_cleanup_does_not_leave_its_root(self):
        outside = self.folder / "outside"
        outside.mkdir()
        (outside / "kept").write_text("kept")
        files = self.server.data / "files"
        (files / "link").symlink_to(outside)
        for path in ("../../outside", str(outside), "link", "link/../link"):
            with self.subTest(path=path):
                answer = self.client.post("/api/v1/tasks?schedule=true", {
                    "name": "x", "parameters": {"type": "cleanup", "path": path}})
                if answer.status == 201:
                    self.client.await_status(answer.json["id"], *harness.ENDED)
                self.assertTrue((outside / "kept").exists())

    def test_the_metrics_are_well_formed_and_name_no_task(self):
        task = self.client.create(schedule=True)
        self.client.await_status(task["id"], "COMPLETED")
        page = self.client.get("/metrics").body.decode()
        self.assertNotIn(task["id"], page)
        lint = PROJECT / "tools/metrics_lint/metrics_lint.py"
        done = subprocess.run(["python3", "-B", lint], input=page, text=True, capture_output=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        if shutil.which("promtool"):
            checked = subprocess.run(["promtool", "check", "metrics"], input=page, text=True,
                                     capture_output=True, check=False)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_metrics_count_what_happened(self):
        task = self.client.create(schedule=True, parameters={"type": "fail"})
        self.client.await_status(task["id"], "FAILED")
        wait_for("the run is counted", lambda: any(
            line.startswith('carillon_runs_total{type="fail",outcome="failed"}')
            and not line.endswith(" 0")
            for line in self.client.get("/metrics").body.decode().splitlines()))

    def test_every_metric_that_is_documented_is_shown_and_the_other_way_round(self):
        self.client.await_status(self.client.create(schedule=True)["id"], "COMPLETED")
        flaky = self.client.create(schedule=True, maxRetries=1, retryDelayMs=1,
                                   parameters={"type": "fail", "failTimes": 1})
        self.client.await_status(flaky["id"], "COMPLETED")
        table = (PROJECT / "docs/operations.md").read_text()
        documented = set(re.findall(r"^\| `(carillon_\w+)` \|", table, re.MULTILINE))

        def shown():
            page = self.client.get("/metrics").body.decode()
            return set(re.findall(r"^# TYPE (carillon_\w+) ", page, re.MULTILINE))

        wait_for("all families", lambda: documented == shown())


if __name__ == "__main__":
    unittest.main(verbosity=2)
