#!/usr/bin/env python3
"""Configured secrets appear nowhere; those in parameters of tasks only where parameters do."""

import base64
import json
import os
import unittest

import harness
from harness import Server
from rest_client import wait_for

ADMIN = "admin-secret-0123456789abcdef"
READER = "reader-secret-0123456789abcdef"
MAIL = "mail-password-0123456789abcdef"
HOOK = "whsec_" + base64.b64encode(b"hook-secret-0123456789abcdef").decode()
OWN_HOOK = "whsec_" + base64.b64encode(b"task-secret-0123456789abcdef").decode()
BEARER = "Bearer-of-a-task-0123456789abcdef"
CONFIGURED = (ADMIN, READER, MAIL, HOOK, HOOK[6:])


class Secrets(unittest.TestCase):
    """A server with every secret there is, used and looked at from all sides."""

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(harness.temporary_folder())
        cls.witness = harness.Witness()
        cls.addClassCleanup(cls.witness.close)
        files = {"tokens": f"ops admin {ADMIN}\nlook read {READER}\n", "mail": MAIL, "hook": HOOK}
        for name, text in files.items():
            (cls.folder / name).write_text(text)
            (cls.folder / name).chmod(0o600)
        cls.settings = {
            "log.level": "trace", "auth.tokens-file": str(cls.folder / "tokens"),
            "executors.smtp.url": "smtp://127.0.0.1:1", "executors.smtp.from": "c@example.com",
            "executors.smtp.user": "user", "executors.smtp.password-file": str(cls.folder / "mail"),
            "notifications.webhook.url": f"{cls.witness.url}/operator",
            "notifications.webhook.secret-file": str(cls.folder / "hook")}
        cls.server = Server(cls.folder, settings=cls.settings)
        cls.addClassCleanup(cls.server.stop)
        cls.server.spawn()
        port = wait_for("the port", lambda: (cls.folder / "port").exists()
                        and (cls.folder / "port").read_text().strip())
        cls.server.port = int(port)
        cls.client = cls.server.client = harness.Client(cls.server.port)
        wait_for("ready", lambda: cls.client.get("/readyz").status == 200)
        cls.use()

    @classmethod
    def call(cls, method, path, body=None):
        return cls.client.call(method, path, body, {"Authorization": f"Bearer {ADMIN}"})

    @classmethod
    def use(cls):
        """Work that uses each secret, well and badly."""
        cls.tasks = []
        for parameters in (
                {"type": "notification", "channel": "email", "to": "a@example.com"},
                {"type": "notification", "channel": "webhook", "secret": OWN_HOOK,
                 "url": f"{cls.witness.url}/own"},
                {"type": "http", "url": f"{cls.witness.url}/http",
                 "headers": {"Authorization": BEARER}},
                {"type": "http", "url": "http://127.0.0.1:1/",
                 "headers": {"Authorization": BEARER}},
                {"type": "fail", "message": "on purpose"}):
            made = cls.call("POST", "/api/v1/tasks?schedule=true", {
                "name": "secretive", "parameters": parameters})
            if made.status != 201:
                raise AssertionError(made)
            cls.tasks.append(made.json["id"])
        for task in cls.tasks:
            wait_for("it ends", lambda task=task: cls.call(
                "GET", f"/api/v1/tasks/{task}").json["status"] in harness.ENDED)
        wait_for("the operator's webhook is told", lambda: any(
            call["path"] == "/operator" for call in cls.witness.calls))
        cls.client.call("GET", "/api/v1/tasks", headers={"Authorization": f"Bearer x{READER}"})
        cls.call("POST", "/api/v1/tasks", {"name": "x", "parameters": {
            "type": "notification", "channel": "webhook", "secret": "whsec_broken" + OWN_HOOK,
            "url": "https://example.com"}})

    def assert_hides(self, secrets, text, where):
        for secret in secrets:
            self.assertNotIn(secret, text, where)

    def test_logs_and_metrics_show_none_at_all(self):
        text = (self.folder / "server.log").read_text()
        self.assertIn("notification", text)
        text += self.client.get("/metrics").body.decode()
        self.assert_hides((*CONFIGURED, OWN_HOOK, OWN_HOOK[6:], BEARER), text, "log and metrics")

    def test_events_problems_and_pages_show_no_configured_one(self):
        text = ""
        for path in ("/api/v1/tasks?pageSize=1000", "/api/v1/runs", "/version", "/openapi.json",
                     "/docs", "/readyz?verbose", "/api/v1/tasks/none",
                     *(f"/api/v1/events?topic={topic}&limit=1000" for topic in (
                         "task-requests", "scheduled-tasks", "task-execution", "task-events",
                         "task-responses", "task-notifications"))):
            text += self.call("GET", path).body.decode()
        self.assert_hides(CONFIGURED, text, "answers")

    def test_outcomes_and_logs_of_runs_show_none_at_all(self):
        for task in self.tasks:
            shown = self.call("GET", f"/api/v1/tasks/{task}").json
            text = json.dumps([shown["errorMessage"], shown["executionResult"]])
            run = shown["lastRun"]["runId"]
            text += self.call("GET", f"/api/v1/runs/{run}/logs").body.decode()
            self.assert_hides((*CONFIGURED, OWN_HOOK, BEARER), text, task)

    def test_a_refused_secret_is_not_quoted(self):
        refused = self.call("POST", "/api/v1/tasks?schedule=true", {"name": "x", "parameters": {
            "type": "notification", "channel": "webhook", "secret": "no-" + BEARER,
            "url": f"{self.witness.url}/own"}})
        text = refused.body.decode()
        if refused.status == 201:
            task = refused.json["id"]
            wait_for("it ends", lambda: self.call(
                "GET", f"/api/v1/tasks/{task}").json["status"] in harness.ENDED)
            text = json.dumps(self.call("GET", f"/api/v1/tasks/{task}").json["errorMessage"])
        self.assert_hides((BEARER,), text, "a problem")

    def test_the_process_list_shows_no_configured_one(self):
        pid = self.server.process.pid
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            self.assert_hides(CONFIGURED, file.read().decode(), "the command line")

    def test_printed_configuration_shows_no_configured_one(self):
        options = [word for key, value in self.settings.items()
                   for word in ("--set", f"{key}={value}")]
        for words in (("config", "print", "--origin"), ("config", "print"), ("config", "check"),
                      ("doctor",)):
            done = harness.cli(*words, *options)
            self.assert_hides(CONFIGURED, done.stdout + done.stderr, " ".join(words))
        self.assertEqual(harness.cli("config", "print", *options).returncode, 0)

    def test_faulty_secret_files_are_not_quoted(self):
        for name, text in (("tokens", f"ops administrator {ADMIN}"), ("tokens", f"{ADMIN} x"),
                           ("hook", "whsec_!" + ADMIN)):
            path = self.folder / f"faulty-{name}"
            path.write_text(text)
            key = {"tokens": "auth.tokens-file", "hook": "notifications.webhook.secret-file"}[name]
            options = {**self.settings, key: str(path)}
            words = [word for option in options.items() for word in ("--set", "=".join(option))]
            done = harness.cli("server", "--data-dir", self.folder / "other", "--listen",
                               "127.0.0.1:0", *words, timeout=30) if name == "tokens" else \
                harness.cli("config", "check", *words)
            self.assert_hides((ADMIN,), done.stdout + done.stderr, name)

    def test_zz_backup_and_journal_show_no_configured_one(self):
        copy = self.folder / "copy"
        answer = self.call("POST", "/api/v1/admin/backup", {"folder": str(copy)})
        self.assertEqual(answer.status, 201, answer)
        names = "\n".join(os.path.join(at, name) for at, _, files in os.walk(copy)
                          for name in files)
        self.server.stop()
        journal = harness.cli("journal", "export", "--data-dir", self.server.data)
        self.assertEqual(journal.returncode, 0, journal.stderr)
        self.assertIn("secretive", journal.stdout)
        self.assert_hides(CONFIGURED, answer.body.decode() + names + journal.stdout
                          + journal.stderr, "backup and journal")
        for at, _, files in os.walk(copy):
            for name in files:
                with open(os.path.join(at, name), "rb") as file:
                    data = file.read()
                for secret in (ADMIN, READER, MAIL, HOOK):
                    self.assertNotIn(secret.encode(), data, name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
