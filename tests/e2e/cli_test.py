#!/usr/bin/env python3
"""The command line as people and scripts use it: verbs, output, exit codes."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import threading
import unittest

import harness
from harness import BINARY, ServerTest
from rest_client import PATIENCE, wait_for

OK, FAILED, USAGE, NOT_FOUND, CONFLICT, UNREACHABLE = 0, 1, 2, 3, 5, 6
RUN_FAILED, RUN_CANCELLED, TIMED_OUT, INTERRUPTED = 7, 8, 124, 130
HOUR = "durationMs=3600000"


class CommandLine(ServerTest):
    """A server, and a command line beside it."""

    def run_cli(self, *arguments, code=OK, **options):
        done = harness.cli(*arguments, port=self.server.port, **options)
        self.assertEqual(done.returncode, code, f"{arguments}: {done}")
        if code in (OK, RUN_FAILED, RUN_CANCELLED):
            self.assertNotIn("\x1b", done.stdout, "colour belongs to terminals")
        else:
            self.assertTrue(done.stderr.startswith("Error: "), done)
        return done

    def create(self, *arguments):
        """Creates a task and returns its id."""
        return self.run_cli("task", "create", *arguments, "-o", "name").stdout.strip()


class Tasks(CommandLine):
    """carillon task ..."""

    def test_every_verb_of_a_life(self):
        task = self.create("life", "--type", "noop", "--every", "1h", "--tag", "cli",
                           "--description", "from create to delete", "--priority", "7")
        self.assertEqual(self.client.task(task)["every"], "PT1H")
        self.assertEqual(self.client.task(task)["priority"], 7)
        for verb, status in (("pause", "PAUSED"), ("resume", "SCHEDULED"), ("cancel", "CANCELLED")):
            self.run_cli("task", verb, "life")
            self.assertEqual(self.client.task(task)["status"], status)
        gone = self.run_cli("task", "delete", task, "--yes")
        self.assertEqual(gone.stdout, f"{task}\tlife\ttrue\n")
        self.assertEqual(self.client.get(f"/api/v1/tasks/{task}").status, 404)

    def test_define_edit_schedule_and_run(self):
        task = self.create("defined", "--no-schedule", "--max-retries", "2")
        self.assertEqual(self.client.task(task)["status"], "CREATED")
        self.run_cli("task", "edit", task, "--set", "maxRetries=3", "--set", "retryDelayMs=5s",
                     "--set", "description=changed")
        seen = self.client.task(task)
        self.assertEqual((seen["maxRetries"], seen["retryDelayMs"], seen["description"]),
                         (3, 5000, "changed"))
        self.run_cli("task", "edit", task, "--unset", "description")
        self.assertIsNone(self.client.task(task)["description"])
        self.run_cli("task", "edit", task, "--set", "name=late", "--if-version", "1",
                     code=CONFLICT)
        self.run_cli("task", "schedule", task, "--delay", "100ms")
        self.client.await_status(task, "COMPLETED")
        self.run_cli("task", "run", task, "--wait", "--timeout", "60s")
        self.assertEqual(len(self.client.runs(task)), 2)

    def test_the_outcome_of_an_awaited_run_is_the_exit_code(self):
        self.run_cli("task", "create", "good", "--type", "sleep", "--param", "durationMs=50",
                     "--wait")
        bad = self.run_cli("task", "create", "bad", "--type", "fail", "--wait", code=RUN_FAILED)
        self.assertIn("This task fails on purpose.", bad.stderr + bad.stdout)
        self.run_cli("task", "create", "long", "--type", "sleep", "--param", HOUR, "--wait",
                     "--timeout", "300ms", code=TIMED_OUT)
        self.run_cli("task", "cancel", "long")

    def test_an_awaited_run_is_printed_as_it_ended(self):
        for kind, status, code in (("noop", "COMPLETED", OK), ("fail", "FAILED", RUN_FAILED)):
            task = self.create(f"ends {kind}", "--type", kind, "--no-schedule")
            done = self.run_cli("task", "run", task, "--wait", "-o", "json", code=code)
            self.assertEqual(json.loads(done.stdout)["lastRun"]["status"], status)
            shown = self.run_cli("task", "run", task, "--wait", "-o", "table", code=code)
            self.assertRegex(shown.stdout, rf"^Run {task}\.2  {status}  after \d+ms\n$")

    def test_a_run_that_is_cancelled_while_awaited_has_its_exit_code(self):
        codes = []
        waiter = threading.Thread(target=lambda: codes.append(harness.cli(
            "task", "create", "doomed", "--type", "sleep", "--param", HOUR, "--wait",
            port=self.server.port).returncode))
        waiter.start()
        task = wait_for("it runs", lambda: self.client.ok(
            "GET", "/api/v1/tasks?filter=name:doomed%20status:running")["items"])[0]["id"]
        self.client.act(task, "cancel")
        waiter.join(PATIENCE)
        self.assertEqual(codes, [RUN_CANCELLED])

    def test_a_retry_from_the_command_line(self):
        task = self.create("again", "--type", "fail")
        self.client.await_status(task, "FAILED")
        self.run_cli("task", "retry", task)
        wait_for("a second run", lambda: len(self.client.runs(task)) == 2)

    def test_a_task_file_is_read_from_a_file_and_from_standard_input(self):
        text = json.dumps({"name": "filed", "parameters": {"type": "noop"}, "tags": ["file"]})
        path = self.folder / "task.json"
        path.write_text(text)
        for arguments, stdin in ((("-f", path), ""), (("-f", "-"), text)):
            made = self.run_cli("task", "create", *arguments, "-o", "json", stdin=stdin)
            self.assertEqual(json.loads(made.stdout)["tags"], ["file"])

    def test_a_repeated_key_creates_once(self):
        first = self.create("keyed", "--idempotency-key", "cli-key-1")
        self.assertEqual(self.create("keyed", "--idempotency-key", "cli-key-1"), first)

    def test_watching_a_task_ends_with_it(self):
        task = self.create("watched", "--type", "sleep", "--param", "durationMs=1500")
        watched = self.run_cli("task", "watch", task)
        self.assertIn("\ttask.completed\t", watched.stdout)
        self.assertIn("\twatched\t", watched.stdout, "the name of the task")
        self.assertIn("has ended: COMPLETED", self.run_cli("task", "watch", task).stderr)

    def test_the_events_of_a_task_are_listed(self):
        task = self.create("eventful")
        self.client.await_status(task, "COMPLETED")
        lines = self.run_cli("task", "events", task, "-o", "jsonl").stdout.splitlines()
        kinds = [json.loads(line)["type"] for line in lines]
        self.assertLessEqual({"task.created", "run.started", "task.completed"}, set(kinds))


class Output(CommandLine):
    """One answer in the forms that are asked for."""

    def test_piped_lists_are_tab_separated(self):
        task = self.create("tabbed", "--tag", "tsv", "--no-schedule")
        line = wait_for("it is listed", lambda: self.run_cli(
            "task", "list", "--filter", "tag:tsv").stdout)
        self.assertEqual(line.rstrip("\n").split("\t")[:3], [task, "tabbed", "CREATED"])

    def test_json_lines_names_and_yaml(self):
        tasks = [self.create(f"form {number}", "--tag", "forms", "--no-schedule")
                 for number in range(3)]
        wait_for("all are listed", lambda: len(self.run_cli(
            "task", "list", "--filter", "tag:forms", "-o", "name").stdout.split()) == 3)

        def listed(form):
            return self.run_cli("task", "list", "--filter", "tag:forms", "-o", form).stdout

        self.assertEqual(set(listed("name").split()), set(tasks))
        self.assertEqual({json.loads(line)["id"] for line in listed("jsonl").splitlines()},
                         set(tasks))
        whole = json.loads(listed("json"))
        self.assertEqual({item["id"] for item in (whole if isinstance(whole, list)
                                                  else whole["items"])}, set(tasks))
        self.assertIn("name: form 1", listed("yaml"))
        one = json.loads(self.run_cli("task", "get", tasks[0], "-o", "json").stdout)
        self.assertEqual(one, self.client.task(tasks[0]))

    def test_a_terminal_gets_a_table_with_a_heading_and_colour_only_if_wanted(self):
        self.create("shown", "--no-schedule")
        wait_for("it is listed", lambda: "shown" in self.run_cli("task", "list").stdout)
        text = self.on_terminal("task", "list")
        self.assertIn("shown", text)
        self.assertRegex(text.splitlines()[0].upper(), r"ID.*NAME.*STATUS")
        self.assertNotIn("\x1b[", self.on_terminal("task", "list", NO_COLOR="1"))

    def on_terminal(self, *arguments, **variables):
        """What the command writes when its output is a terminal."""
        ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200", **variables,
                       "CARILLON_SERVER": f"http://127.0.0.1:{self.server.port}"}
        process = subprocess.Popen([BINARY, *arguments], stdin=subprocess.DEVNULL, stdout=theirs,
                                   stderr=subprocess.DEVNULL, env=environment)
        os.close(theirs)
        text = b""
        try:
            while select.select([ours], [], [], PATIENCE)[0]:
                try:
                    chunk = os.read(ours, 65536)
                except OSError:
                    break
                if not chunk:
                    break
                text += chunk
        finally:
            os.close(ours)
        self.assertEqual(process.wait(PATIENCE), OK)
        return text.decode()

    def test_runs_are_listed_shown_and_their_output_is_printed(self):
        task = self.create("speaking", "--type", "command", "--param",
                           'argv=["/bin/sh", "-c", "echo first; echo second"]')
        run = self.client.await_status(task, "COMPLETED")["lastRun"]["runId"]
        wait_for("the run is listed", lambda: run in self.run_cli(
            "run", "list", "--task", task, "-o", "name").stdout)
        self.assertIn("COMPLETED", self.run_cli("run", "get", run).stdout)
        wait_for("its output is printed", lambda: self.lines_of(run) == [
            ("stdout", "first"), ("stdout", "second")])
        self.assertEqual(self.lines_of(run, "--attempt", "1"), self.lines_of(run))

    def lines_of(self, run, *arguments):
        """What a run has written: piped, each line is time, stream and text."""
        text = self.run_cli("run", "logs", run, *arguments).stdout
        return [tuple(line.split("\t")[1:]) for line in text.splitlines()]

    def test_following_a_log_ends_with_the_run(self):
        task = self.create("slow speaker", "--type", "command", "--param",
                           'argv=["/bin/sh", "-c", "echo a; sleep 0.3; echo b"]')
        run = self.client.await_status(task, "RUNNING", "COMPLETED")["lastRun"]["runId"]
        self.assertEqual(self.lines_of(run, "--follow"), [("stdout", "a"), ("stdout", "b")])

    def test_watching_a_run_ends_with_its_exit_code(self):
        task = self.create("to watch", "--type", "fail", "--max-retries", "1", "--retry-delay",
                           "300ms")
        run = wait_for("a run", lambda: self.client.task(task)["lastRun"])["runId"]
        self.run_cli("run", "watch", "--until-done", run, code=RUN_FAILED)

    def test_an_endless_watch_is_interrupted(self):
        environment = {**os.environ, "CARILLON_SERVER": f"http://127.0.0.1:{self.server.port}"}
        for command in (("run", "watch"), ("events", "tail", "-o", "jsonl")):
            with self.subTest(command=command):
                process = subprocess.Popen([BINARY, *command], stdout=subprocess.PIPE, text=True,
                                           stderr=subprocess.DEVNULL, env=environment)
                self.addCleanup(process.stdout.close)
                self.create("seen live")

                def spoken(process=process):
                    self.create("seen live")
                    return select.select([process.stdout], [], [], 0.2)[0]

                wait_for("it prints", spoken)
                process.send_signal(signal.SIGINT)
                self.assertIn(process.wait(PATIENCE), (INTERRUPTED, -signal.SIGINT))


class Local(unittest.TestCase):
    """What needs no server, and what is said when there is none."""

    def run_cli(self, *arguments, code=OK, **environment):
        done = harness.cli(*arguments, **environment)
        self.assertEqual(done.returncode, code, f"{arguments}: {done}")
        return done

    def test_an_unreachable_server_is_named_with_what_to_do(self):
        done = self.run_cli("task", "list", "--server", "http://127.0.0.1:1", code=UNREACHABLE)
        self.assertIn("127.0.0.1:1", done.stderr)
        self.assertIn("Hint: ", done.stderr)
        self.assertEqual(done.stdout, "")
        self.run_cli("healthcheck", "--server", "http://127.0.0.1:1", code=UNREACHABLE)

    def test_wrong_usage_is_told_with_the_nearest_word(self):
        for arguments in (("tsk",), ("task", "crate"), ("task", "create", "--evry", "1s"),
                          ("task", "list", "-o", "xml"), ("cron", "explain")):
            done = self.run_cli(*arguments, code=USAGE)
            self.assertEqual(done.stdout, "", arguments)
            self.assertTrue(done.stderr, arguments)
        self.assertIn("create", self.run_cli("task", "crate", code=USAGE).stderr)

    def test_help_leads_with_examples(self):
        for arguments in (("--help",), ("task", "create", "--help"), ("server", "--help")):
            text = self.run_cli(*arguments).stdout
            self.assertLess(text.index("Examples:"), text.index("Usage:"))

    def test_every_documented_command_has_help(self):
        text = (harness.PROJECT / "docs/reference/cli.md").read_text()
        commands = re.findall(r"^## carillon (.+)$", text, re.MULTILINE)
        self.assertGreater(len(commands), 25)
        for command in commands:
            with self.subTest(command=command):
                self.assertIn("Usage:", self.run_cli(*command.split(), "--help").stdout)

    def test_completion_is_printed_for_three_shells(self):
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("carillon", self.run_cli("completion", shell).stdout)
        script = self.run_cli("completion", "bash").stdout
        checked = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True,
                                 check=False)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        self.run_cli("completion", "tcsh", code=USAGE)

    def test_the_version_is_printed(self):
        self.assertRegex(self.run_cli("version").stdout, r"^carillon \d+\.\d+\.\d+")

    def test_the_schema_is_printed_without_a_server(self):
        self.assertIn("openapi", self.run_cli("schema").stdout)
        self.assertEqual(json.loads(self.run_cli("schema", "openapi").stdout),
                         json.loads((harness.PROJECT / "schema/openapi.json").read_text()))

    def test_a_configuration_is_checked_and_printed_with_its_origins(self):
        with harness.temporary_folder() as folder:
            good = folder / "application.yml"
            good.write_text("carillon:\n  retention:\n    runs: 14d\n")
            self.run_cli("config", "check", "--config", good)
            printed = self.run_cli("config", "print", "--origin", "--config", good,
                                   CARILLON_DRAIN="7s").stdout
            self.assertRegex(printed, r"runs: 14d.*application\.yml")
            self.assertRegex(printed, r"drain: 7s.*CARILLON_DRAIN")
            bad = folder / "bad.yml"
            bad.write_text("carillon:\n  retenton:\n    runs: 14d\n")
            refused = self.run_cli("config", "check", "--config", bad, code=USAGE)
            self.assertIn("retention", refused.stderr)
            self.assertRegex(refused.stderr, r"\b2\b", "the line")

    def test_the_specifications_configuration_is_taken_unchanged(self):
        text = """spring:
  kafka:
    bootstrap-servers: localhost:9092
  data:
    cassandra:
      contact-points: localhost
      port: 9042
      keyspace-name: taskscheduler

flink:
  checkpoint:
    interval: 10000

kafka:
  topics:
    task-events: task-events
    scheduled-tasks: scheduled-tasks
    task-execution: task-execution
    task-requests: task-requests
    task-responses: task-responses
    workflow-events: workflow-events
    task-notifications: task-notifications
"""
        with harness.temporary_folder() as folder:
            (folder / "application.yml").write_text(text)
            self.run_cli("config", "check", "--config", folder / "application.yml")

    def test_an_address_beyond_loopback_needs_credentials(self):
        with harness.temporary_folder() as folder:
            done = self.run_cli("server", "--listen", "0.0.0.0:0", "--data-dir", folder / "data",
                                code=USAGE)
            self.assertIn("--insecure-no-auth", done.stderr)

    def test_the_smallest_intake_starts(self):
        with harness.temporary_folder() as folder:
            self.run_cli("config", "check", "--set", "limits.intake-records=16", code=USAGE)
            server = harness.Server(folder, settings={"limits.intake-records": "1000"})
            self.addCleanup(server.stop)
            self.assertEqual(server.start().client.create()["status"], "CREATED")


class Cron(CommandLine):
    """carillon cron, healthcheck, doctor and demo."""

    def test_an_expression_is_explained(self):
        done = self.run_cli("cron", "explain", "0 30 2 * * *", "--tz", "America/New_York", "--from",
                            "2027-03-12T00:00:00Z", "-n", "4", "-o", "json")
        slots = json.loads(done.stdout)["slots"]
        self.assertEqual(len(slots), 4)
        # The night of 14 March 2027 has no half past two.
        self.assertEqual([slot["disposition"] for slot in slots],
                         [None, None, "SKIPPED_DST", None])
        self.assertTrue(self.run_cli("cron", "explain", "*/5 * * * *").stdout.strip())

    def test_an_expression_means_the_same_without_a_server(self):
        for expression in ("0 */5 * * * *", "0 30 2 L * ?", "0 61 * * * *"):
            for form in ("table", "tsv", "json"):
                words = ("cron", "explain", expression, "--from", "2027-03-12T00:00:00Z",
                         "--tz", "Europe/Berlin", "-o", form)
                with self.subTest(expression=expression, form=form):
                    online = harness.cli(*words, port=self.server.port)
                    offline = harness.cli(*words, HOME=str(self.folder))
                    self.assertEqual((offline.returncode, offline.stdout.split("  in ")[0],
                                      offline.stderr),
                                     (online.returncode, online.stdout.split("  in ")[0],
                                      online.stderr))
        self.assertIn("every 5 minutes", harness.cli("cron", "explain", "0 */5 * * * *",
                                                     HOME=str(self.folder)).stdout)

    def test_a_bad_expression_is_shown_with_its_place(self):
        done = self.run_cli("cron", "explain", "0 61 * * * *", code=USAGE)
        lines = done.stderr.splitlines()
        place = next(line.index("^") for line in lines if line.strip() == "^")
        text = next(line for line in lines if line.strip() == "0 61 * * * *")
        self.assertEqual(text[place:place + 2], "61")

    def test_health_is_an_exit_code(self):
        self.run_cli("healthcheck")

    def test_a_name_that_is_not_there_is_not_found_and_an_ambiguous_one_is_refused(self):
        self.run_cli("task", "get", "nobody", code=NOT_FOUND)
        self.run_cli("run", "get", "019a1b2c-0000-7000-8000-000000000001.1", code=NOT_FOUND)
        for _ in range(2):
            self.create("twin", "--no-schedule")
        wait_for("both are listed", lambda: len(self.run_cli(
            "task", "list", "--filter", "name:twin", "-o", "name").stdout.split()) == 2)
        self.run_cli("task", "get", "twin", code=USAGE)

    def test_an_illegal_call_is_a_conflict(self):
        task = self.create("done already")
        self.client.await_status(task, "COMPLETED")
        done = self.run_cli("task", "cancel", task, code=CONFLICT)
        self.assertIn("COMPLETED", done.stderr)

    def test_what_the_server_refuses_is_told_in_its_words(self):
        done = self.run_cli("task", "create", "x", "--type", "htpp", code=USAGE)
        self.assertIn("http", done.stderr)

    def test_the_demo_comes_and_goes(self):
        before = {task["id"] for task in self.client.items("/api/v1/tasks")}
        self.run_cli("demo")
        wait_for("tasks of the demo", lambda: len(self.client.items("/api/v1/tasks")) >
                 len(before) + 2)
        self.run_cli("demo", "--remove")
        wait_for("they are gone", lambda: {task["id"] for task in self.client.items(
            "/api/v1/tasks")} <= before)

    def test_the_doctor_finds_nothing_on_a_fresh_machine(self):
        with harness.temporary_folder() as folder:
            self.assertIn("ok", self.run_cli("doctor", "--data-dir", folder / "data").stdout)


class Dev(unittest.TestCase):
    """carillon dev as a program that other programs start."""

    def test_it_tells_in_one_line_of_json_when_it_is_ready_and_leaves_nothing(self):
        process = subprocess.Popen([BINARY, "dev", "--listen", "127.0.0.1:0"], text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        try:
            ready = json.loads(process.stdout.readline())
            self.assertEqual(ready["event"], "ready")
            self.assertLessEqual({"api", "docs", "metrics"}, set(ready["urls"]))
            data = re.match(r"\S+", ready["data"].replace(",", " "))[0]
            self.assertTrue(os.path.isdir(data), data)
        finally:
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), OK)
        self.assertFalse(os.path.exists(data), data)


if __name__ == "__main__":
    unittest.main(verbosity=2)
