#!/usr/bin/env python3
"""Checks a page of metrics in the Prometheus text format: that it parses and is named well.

    curl -s http://127.0.0.1:8080/metrics | tools/metrics_lint/metrics_lint.py

The rules are those of `promtool check metrics`, and two of ours: names start with carillon_ or
process_, and no label carries an id, since each value of a label is a series kept for ever.
"""

import re
import sys

PREFIXES = ("carillon_", "process_")
TYPES = ("counter", "gauge", "histogram", "summary", "untyped")
# A unit that is not a base unit, and what to write instead.
UNITS = {"ms": "seconds", "milliseconds": "seconds", "us": "seconds", "microseconds": "seconds",
         "ns": "seconds", "nanoseconds": "seconds", "minutes": "seconds", "hours": "seconds",
         "kb": "bytes", "kilobytes": "bytes", "mb": "bytes", "megabytes": "bytes",
         "percent": "ratio"}
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}

_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: -?[0-9]+)?$")
_LABELS = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
_NUMBER = re.compile(r"^(?:[+-]?Inf|NaN|[+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)$")


class Page:
    def __init__(self):
        self.types, self.helps = {}, {}
        self.series = {}  # (name, labels) to value
        self.histograms = {}  # name to line
        self.families_seen = []
        self.faults = []

    def fault(self, line, text):
        self.faults.append((line, text))

    def family_of(self, name):
        for family, kind in self.types.items():
            if name == family or any(name == family + end for end in SUFFIXES.get(kind, ())):
                return family
        return None


def lint(text):
    """The faults of a page as (line, sentence)."""
    page = Page()
    if not text.endswith("\n"):
        page.fault(text.count("\n") + 1, "the last line must end with a line feed")
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(("# HELP ", "# TYPE ")):
            _describe(page, number, line)
        elif line and not line.startswith("#"):
            _sample(page, number, line)
    for family, number in page.histograms.items():
        _histogram(page, number, family)
    return sorted(page.faults)


def _describe(page, number, line):
    _, word, name, *rest = line.split(" ", 3)
    table = page.helps if word == "HELP" else page.types
    if name in table:
        page.fault(number, f"{name} has two {word} lines")
    if name in page.families_seen:
        page.fault(number, f"the {word} line of {name} must stand before its samples")
    table[name] = rest[0] if rest else ""
    if word == "HELP":
        if not table[name].strip():
            page.fault(number, f"{name}: the help says nothing")
        return
    _name(page, number, name, table[name])
    if table[name] == "histogram":
        page.histograms[name] = number


def _name(page, number, name, kind):
    if kind not in TYPES:
        page.fault(number, f"{name}: {kind} is not a type")
    if not name.startswith(PREFIXES):
        page.fault(number, f"{name}: start it with carillon_")
    if not re.match(r"^[a-z][a-z0-9_]*$", name):
        page.fault(number, f"{name}: write it in snake_case")
    if kind == "counter" and not name.endswith("_total"):
        page.fault(number, f"{name}: a counter ends with _total")
    if kind != "counter" and name.endswith(("_total", "_count", "_sum", "_bucket")):
        page.fault(number, f"{name}: only parts of counters and histograms end like this")
    for word in name.split("_"):
        if word in UNITS:
            page.fault(number, f"{name}: count in {UNITS[word]}, not {word}")
        if word in TYPES:
            page.fault(number, f"{name}: leave the type ({word}) out of the name")


def _sample(page, number, line):
    match = _SAMPLE.match(line)
    if not match or not _NUMBER.match(match.group(3)):
        page.fault(number, f"this is not a sample: {line[:60]}")
        return
    name, label_text, value = match.group(1), match.group(2) or "", float(match.group(3))
    labels = dict(_LABELS.findall(label_text))
    if _LABELS.sub("", label_text).strip():
        page.fault(number, f"{name}: the labels do not parse: {label_text[:60]}")
    for label in labels:
        if label == "id" or label.endswith("_id"):
            page.fault(number, f"{name}: {label} makes a series per object")
    family = page.family_of(name)
    if family is None or family not in page.helps:
        page.fault(number, f"{name} needs a HELP and a TYPE line before it")
    if family and (not page.families_seen or page.families_seen[-1] != family):
        if family in page.families_seen:
            page.fault(number, f"the samples of {family} must stand together")
        page.families_seen.append(family)
    key = (name, tuple(sorted(labels.items())))
    if key in page.series:
        page.fault(number, f"{name}{{{label_text}}} appears twice")
    page.series[key] = value


def _histogram(page, number, family):
    """Buckets of one label set rise, end with +Inf, and agree with _count."""
    groups = {}
    for (name, labels), value in page.series.items():
        if name == family + "_bucket":
            rest = tuple(pair for pair in labels if pair[0] != "le")
            groups.setdefault(rest, []).append((float(dict(labels).get("le", "NaN")), value))
    for rest, buckets in groups.items():
        counts = [value for _, value in sorted(buckets)]
        if counts != sorted(counts):
            page.fault(number, f"{family}: the buckets must not fall")
        if max(buckets)[0] != float("inf"):
            page.fault(number, f'{family}: the bucket le="+Inf" is missing')
        elif page.series.get((family + "_count", rest)) != counts[-1]:
            page.fault(number, f'{family}: _count differs from the bucket le="+Inf"')
        if (family + "_sum", rest) not in page.series:
            page.fault(number, f"{family}: _sum is missing")


def main():
    faults = lint(sys.stdin.read())
    for number, text in faults:
        print(f"metrics:{number}: {text}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
