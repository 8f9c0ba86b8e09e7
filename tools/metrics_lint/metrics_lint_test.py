#!/usr/bin/env python3
"""The lint passes a good page and names the fault of each bad one."""

import unittest

from metrics_lint import lint

GOOD = """# HELP carillon_runs_total Runs that ended, by outcome.
# TYPE carillon_runs_total counter
carillon_runs_total{type="http",outcome="COMPLETED"} 12
carillon_runs_total{type="say \\"hi\\"",outcome="FAILED"} 3
# HELP carillon_run_duration_seconds How long runs took.
# TYPE carillon_run_duration_seconds histogram
carillon_run_duration_seconds_bucket{le="0.1"} 1
carillon_run_duration_seconds_bucket{le="+Inf"} 2
carillon_run_duration_seconds_sum 0.75
carillon_run_duration_seconds_count 2
# HELP carillon_queue_depth Runs that wait.
# TYPE carillon_queue_depth gauge
carillon_queue_depth 0
"""


class MetricsLint(unittest.TestCase):
    def test_a_good_page_has_no_faults(self):
        self.assertEqual([], lint(GOOD))

    def test_each_fault_is_found_once_and_named(self):
        for old, new, expected in (
                ("carillon_runs_total", "carillon_runs", "ends with _total"),
                ("carillon_queue_depth", "queue_depth", "start it with carillon_"),
                ("carillon_queue_depth", "carillon_queue_total", "only parts of counters"),
                ("carillon_queue_depth", "carillon_queue_ms", "count in seconds"),
                ("carillon_queue_depth", "carillon_queue_gauge", "leave the type"),
                ("carillon_queue_depth", "carillon_queueDepth", "snake_case"),
                ("queue_depth gauge", "queue_depth meter", "is not a type"),
                ("# HELP carillon_queue_depth Runs that wait.\n", "", "needs a HELP"),
                (" Runs that wait.", " ", "says nothing"),
                ('type="http"', 'task_id="7"', "series per object"),
                ('type="http",', 'type="http', "labels do not parse"),
                ("depth 0", "depth many", "not a sample"),
                ("depth 0\n", "depth 0\ncarillon_queue_depth 1\n", "appears twice"),
                ('le="0.1"} 1', 'le="0.1"} 3', "must not fall"),
                ('carillon_run_duration_seconds_bucket{le="+Inf"} 2\n', "", "is missing"),
                ("seconds_sum 0.75\n", "seconds_count 2\n", "appears twice"),
                ("seconds_count 2", "seconds_count 3", "_count differs"),
                ("depth 0\n", "depth 0\ncarillon_runs_total 1\n", "stand together"),
                ("depth 0\n", "depth 0", "line feed")):
            self.assertIn(old, GOOD)
            faults = [text for _, text in lint(GOOD.replace(old, new))]
            self.assertTrue(any(expected in text for text in faults), (new, faults))


if __name__ == "__main__":
    unittest.main()
