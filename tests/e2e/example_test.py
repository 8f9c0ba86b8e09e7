#!/usr/bin/env python3
"""The nightly report of examples/ does what it says: on a schedule, with 100,000 rows.

Nothing is taken from what the example says about itself: figures are computed here from its input,
the webhook from what its receiver was sent, times and outcomes from the ledger.
"""

import contextlib
import csv
import datetime
import decimal
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest
import zoneinfo

from harness import BINARY, PROJECT, SLOW, Server, parse_instant, temporary_folder
from rest_client import wait_for

EXAMPLE = PROJECT / "examples/nightly-report"
ROWS = 100_000
DAY = 24 * 3600
SECONDS = 240 * SLOW
WEBHOOK = re.compile(r"^attempt (\d+), webhook-id (\S+): (\d+), (.*)$", re.MULTILINE)
OSLO = zoneinfo.ZoneInfo("Europe/Oslo")


def play(folder, *arguments, **variables):
    """Runs the example with the binary under test on the path and returns what it printed."""
    programs = folder / "bin"
    programs.mkdir()
    (programs / "carillon").symlink_to(pathlib.Path(shutil.which(BINARY)).resolve())
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith("CARILLON_")}
    environment.update(PATH=f"{programs}:{environment['PATH']}", HOME=str(folder), **variables)
    process = subprocess.Popen([EXAMPLE / "run.sh", *map(str, arguments)], cwd=folder,
                               env=environment, text=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=True)
    try:
        printed, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise AssertionError(f"it did not end: {process.communicate()[0]}") from None
    if process.returncode != 0:
        raise AssertionError(f"exit code {process.returncode}:\n{printed}")
    # Whoever was started by it ends with it; what a sanitizer started, a moment later.
    wait_for(f"nothing is left behind of:\n{printed}", lambda: not is_alive(process.pid), 5)
    return printed


def is_alive(group):
    """Whether any process of the group is left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, 0)
        return True
    return False


def figures_of(parcels):
    """The figures by (city, service), computed without SQL."""
    with (parcels / "depots.jsonl").open(encoding="utf-8") as lines:
        cities = {depot["depot"]: depot["city"] for depot in map(json.loads, lines)}
    figures = {}
    with (parcels / "deliveries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sums = figures.setdefault((cities[row["depot"]], row["service"]),
                                      {"parcels": 0, "weight_g": 0, "notes": 0, "late": 0})
            sums["parcels"] += 1
            sums["weight_g"] += int(row["weight_g"])
            sums["notes"] += row["note"] != ""
            sums["late"] += int(row["took_h"]) > int(row["promised_h"])
    return figures


def next_night(after):
    """The next 02:30 in Oslo that exists, in seconds since 1970."""
    day = datetime.datetime.fromtimestamp(after, OSLO).date()
    while True:
        night = datetime.datetime.combine(day, datetime.time(2, 30), OSLO)
        back = datetime.datetime.fromtimestamp(night.timestamp(), OSLO)
        if night.timestamp() > after and back.time() == night.time():
            return night.timestamp()
        day += datetime.timedelta(days=1)


class NightlyReport(unittest.TestCase):
    """One night against a server of the test, whose books are read afterwards."""

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(temporary_folder())
        cls.server = Server(cls.folder, mode="dev")
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()
        cls.client = cls.server.client
        cls.root = cls.server.data / "files"
        cls.reports = cls.root / "reports"
        cls.place_reports()
        cls.began = time.time()
        cls.printed = play(cls.folder, DATA_ROOT=str(cls.root), ROWS=str(ROWS),
                           CARILLON_SERVER=f"http://127.0.0.1:{cls.server.port}")
        cls.ended = time.time()
        cls.tasks = {task["name"]: task for task in cls.client.items("/api/v1/tasks")}
        cls.steps = {task["name"]: task for task in
                     cls.client.items("/api/v1/tasks?filter=parent:any")}

    @classmethod
    def place_reports(cls):
        """Reports on both sides of the limit of seven days, and files that are none."""
        cls.reports.mkdir(parents=True)
        for name, days in (("eight-days.csv", 8), ("six-days.csv", 6), ("eight-days.md", 8),
                           ("sub/eight-days.csv", 8)):
            path = cls.reports / name
            path.parent.mkdir(exist_ok=True)
            path.write_text("a\n1\n")
            then = time.time() - days * DAY
            os.utime(path, (then, then))

    def result(self, name):
        task = self.tasks.get(name) or self.steps[name]
        return json.loads(task["executionResult"])

    def only_run(self, task):
        runs = self.client.runs(task["id"])
        self.assertEqual(len(runs), 1, runs)
        self.assertEqual(runs[0]["status"], "COMPLETED", runs)
        return runs[0]

    def webhooks(self):
        found = [(int(attempt), key, int(status))
                 for attempt, key, status, _ in WEBHOOK.findall(self.printed)]
        self.assertTrue(found, self.printed)
        return found

    def test_the_input_has_100000_rows(self):
        with (self.root / "parcels/deliveries.csv").open(encoding="utf-8", newline="") as file:
            self.assertEqual(sum(1 for _ in csv.DictReader(file)), ROWS)

    def test_the_night_ran_once_on_its_schedule(self):
        night = self.tasks["parcel night"]
        run = self.only_run(night)
        slots = self.client.items(f"/api/v1/tasks/{night['id']}/slots")
        self.assertEqual([(slot["disposition"], slot["count"], slot["runId"]) for slot in slots],
                         [("STARTED", 1, run["runId"])], slots)
        due = parse_instant(slots[0]["due"])
        self.assertEqual((run["trigger"], run["slotId"]), ("slot", slots[0]["slotId"]))
        self.assertEqual(due % 5, 0, "the schedule was every fifth second")
        self.assertLess(self.began, due)
        self.assertLess(due, self.ended)
        self.assertGreaterEqual(parse_instant(run["startedAt"]), due)

    def test_the_figures_are_right(self):
        expected = figures_of(self.root / "parcels")
        self.assertEqual(sum(sums["parcels"] for sums in expected.values()), ROWS)
        with (self.reports / "late.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(list(rows[0]), ["city", "service", "parcels", "weight_g", "notes", "late",
                                         "late_percent"])
        written = {(row["city"], row["service"]):
                   {name: int(row[name]) for name in ("parcels", "weight_g", "notes", "late")}
                   for row in rows}
        self.assertEqual(written, expected)
        self.assertEqual(len(rows), len(expected))
        for row in rows:
            exact = decimal.Decimal(100) * int(row["late"]) / int(row["parcels"])
            self.assertLessEqual(abs(decimal.Decimal(row["late_percent"]) - exact),
                                 decimal.Decimal("0.05"), row)
        order = [(-float(row["late_percent"]), row["city"].encode(), row["service"])
                 for row in rows]
        self.assertEqual(order, sorted(order))

    def test_the_run_says_what_it_wrote(self):
        figures = self.result("parcel night/figures")
        self.assertEqual((figures["rows"], figures["output"]), (24, "reports/late.csv"))
        night = self.result("parcel night")
        self.assertEqual(night["steps"], {"figures": "COMPLETED", "tell": "COMPLETED"})
        self.assertEqual(night["results"]["figures"], figures)

    def test_the_webhook_was_refused_once_and_came_again_with_the_same_key(self):
        run = self.only_run(self.steps["parcel night/tell"])
        key = f"msg_{run['runId']}"
        self.assertEqual(self.webhooks(), [(1, key, 503), (2, key, 204)])
        self.assertEqual((run["attempt"], run["retries"]), (2, 1))

    def test_the_webhook_had_exactly_the_expected_body(self):
        tell = self.steps["parcel night/tell"]
        run = self.only_run(tell)
        lines = self.printed.splitlines()
        body = json.loads(next(line for line in lines if line.startswith('{"type"')))
        sent = parse_instant(body.pop("timestamp"))
        self.assertEqual(body, {"type": "carillon.notification", "data": {
            "message": "reports/late.csv is ready: 24 rows", "taskId": tell["id"],
            "taskName": "parcel night/tell", "runId": run["runId"], "attempt": 2,
            "nominal": run["nominal"]}})
        self.assertLessEqual(parse_instant(run["startedAt"]), sent)
        self.assertLessEqual(sent, parse_instant(run["endedAt"]))

    def test_people_were_told_after_the_figures_were_there(self):
        figures = self.only_run(self.steps["parcel night/figures"])
        tell = self.only_run(self.steps["parcel night/tell"])
        self.assertLessEqual(parse_instant(figures["endedAt"]), parse_instant(tell["startedAt"]))

    def test_old_reports_went_and_young_ones_stayed(self):
        left = sorted(str(path.relative_to(self.reports)) for path in self.reports.rglob("*.*"))
        self.assertEqual(left, ["eight-days.md", "late.csv", "six-days.csv", "sub/eight-days.csv",
                                "tasks.md"])
        result = self.result("old reports")
        self.assertEqual((result["removed"], result["failed"], sorted(result["names"])),
                         (2, 0, ["eight-days.csv", "late-old.csv"]))

    def test_the_report_says_what_the_ledger_says(self):
        text = (self.reports / "tasks.md").read_text(encoding="utf-8")
        title = re.match(r"# carillon, (\S+) to (\S+)\n", text)
        start, end = parse_instant(title[1]), parse_instant(title[2])
        self.assertAlmostEqual(end - start, DAY)
        figures = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE))
        # A run that ended just before may be in lists a moment later.
        ended = [parse_instant(run["endedAt"]) for run in self.client.items("/api/v1/runs")
                 if run["status"] == "COMPLETED" and start <= parse_instant(run["endedAt"]) < end]
        self.assertLessEqual(int(figures["Runs completed"]), len(ended), text)
        self.assertGreaterEqual(int(figures["Runs completed"]),
                                sum(1 for at in ended if at < end - 1), text)
        self.assertEqual((figures["Runs failed"], figures["Success"], figures["Retries"]),
                         ("0", "100.0 %", "1"))
        busiest = re.findall(r"^\| ([^|]+) \| ([^|]+) \| (\d+) \| (\d+) \|", text, re.MULTILINE)
        for row in (("parcel night", "workflow", "1", "0"),
                    ("parcel night/tell", "notification", "1", "0"),
                    ("parcel night/figures", r"data\_processing", "1", "0")):
            self.assertIn(row, busiest)

    def test_the_coming_nights_are_at_half_past_two_in_oslo(self):
        night = self.tasks["parcel night"]
        self.assertEqual((night["status"], night["cronExpression"], night["maxRuns"]),
                         ("SCHEDULED", "0 30 2 * * *", None))
        planned = parse_instant(night["nextExecutionTime"])
        self.assertIn(planned, (next_night(self.ended), next_night(self.began)))
        self.assertEqual({name: task["status"] for name, task in self.tasks.items()},
                         dict.fromkeys(("parcel night", "old reports", "morning report"),
                                       "SCHEDULED"))


class ByItself(unittest.TestCase):
    """The way a newcomer runs it: without a server, with nothing set."""

    def temporary(self, folder):
        place = folder / "temporary"
        place.mkdir()
        return place

    def test_it_starts_a_server_of_its_own_and_leaves_nothing(self):
        with temporary_folder() as folder:
            place = self.temporary(folder)
            play(folder, ROWS="1000", TMPDIR=str(place))
            self.assertEqual(list(place.iterdir()), [])

    def test_a_named_folder_is_kept_and_a_second_night_replaces_the_first(self):
        with temporary_folder() as folder:
            place = self.temporary(folder)
            for round_trip in (1, 2):
                with self.subTest(night=round_trip):
                    shutil.rmtree(folder / "bin", ignore_errors=True)
                    printed = play(folder, "night", ROWS="1000", TMPDIR=str(place))
                    self.assertEqual(printed.count("  SCHEDULED  "), 3, printed)
                    self.assertTrue((folder / "night/files/reports/late.csv").exists())
            self.assertEqual(list(place.iterdir()), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
