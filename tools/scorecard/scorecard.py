#!/usr/bin/env python3
"""Writes docs/scorecard.md from what test programs and benchmarks have printed.

    scorecard.py TESTS BENCH PAGE

TESTS  what `ctest -V` printed
BENCH  what build/bench/server_bench printed
PAGE   the page to write

A line of the page whose figure was not printed says so: nothing is filled in by hand. `./dev
scorecard` makes both inputs and calls this.
"""
import datetime
import json
import os
import pathlib
import re
import sys

MISSING = 'not run'


def found(pattern, text):
    """The groups of the last match, or None."""
    matches = list(re.finditer(pattern, text, re.MULTILINE))
    return matches[-1].groups() if matches else None


def figure(pattern, text, form):
    groups = found(pattern, text)
    return form.format(*groups) if groups else MISSING


def machine():
    cpu = found(r'^model name\s*:\s*(.*)$', pathlib.Path('/proc/cpuinfo').read_text())
    memory = found(r'^MemTotal:\s*(\d+) kB', pathlib.Path('/proc/meminfo').read_text())
    gib = round(int(memory[0]) / 2**20) if memory else '?'
    return f'{os.cpu_count()} cores ({cpu[0] if cpu else "unknown"}), {gib} GiB'


def simulation_rows(log):
    worlds = (r'(\d+) worlds, (\d+) simulated hours in ([\d.]+) s \((\d+) s per s\); '
              r'(\d+) slots, (\d+) attempts, (\d+) facts, (\d+) commits')
    caught = len(re.findall(r'^(?:\d+: )?caught  ', log, re.MULTILINE))
    survived = len(re.findall(r'^(?:\d+: )?SURVIVED', log, re.MULTILINE))
    mutants = f'{caught} of {caught + survived}' if caught + survived else MISSING
    return [
        ('seeds run, and how many broke a promise',
         figure(worlds + r'[\s\S]*?(\d+) passed, (\d+) failed', log, '{0}, {9}')),
        ('simulated time', figure(worlds, log, '{1} hours in {2} s: {3} s per s')),
        ('slots decided, attempts begun', figure(worlds, log, '{4}, {5}')),
        ('facts told, commits', figure(worlds, log, '{6}, {7}')),
        ('seeded bugs caught', mutants),
    ]


def crash_rows(log):
    kills = r'(\d+) kills, (\d+) promises kept, (\d+) calls seen, (\d+) attempts lost'
    return [
        ('kill -9 at random survived', figure(kills, log, '{0}, {1} promises looked at')),
        ('attempts lost and accounted for', figure(kills, log, '{3}')),
        ('kill points covered', figure(r'kill points: (\d+) of (\d+) hit', log, '{0} of {1}')),
        ('loss of power: unsynced writes vanish',
         figure(r'write loss, drop: (\d+) of (\d+) disks tried, (\d+) faults', log,
                '{0} of {1} disks tried, {2} faults')),
        ('loss of power: unsynced writes are torn',
         figure(r'write loss, torn: (\d+) of (\d+) disks tried, (\d+) faults', log,
                '{0} of {1} disks tried, {2} faults')),
        ('loss of power: unsynced writes are zeros',
         figure(r'write loss, zeros: (\d+) of (\d+) disks tried, (\d+) faults', log,
                '{0} of {1} disks tried, {2} faults')),
        ('disk full', figure(r"(\d+) tasks kept; refused: (\{.*\})", log,
                             '{0} tasks kept; refused: {1}')),
    ] + failing_calls(log)


def failing_calls(log):
    rows = {}
    line = r'\b(E[A-Z]+) at (\S+), (\w+): (\d+) of (\d+) tried, (.*), CARILLON_E2E_SEED'
    for name, what, how, tried, of, outcomes in re.findall(line, log):
        rows[f'failing call: {name} at `{what}`, {how}'] = f'{tried} of {of} tried: {outcomes}'
    return sorted(rows.items())


def hostile_rows(log):
    rows = []
    for kind in ('header', 'body', 'idle', 'answer', 'stream'):
        line = rf'1000 x {kind}: \d+ healthy requests, p99 ([\d.]+) ms, alone ([\d.]+) ms'
        rows.append((f"1,000 slow clients ({kind}): a healthy one's p99",
                     figure(line, log, '{0} ms ({1} ms alone)')))
    corpora = len(re.findall(r'Test\s+#\d+: corpus_\w+ \.+\s+Passed', log))
    rows.append(('fuzz corpora replayed', str(corpora) if corpora else MISSING))
    return rows


def table(head, rows):
    lines = [f'| {head} | |', '|---|---|']
    return '\n'.join(lines + [f'| {name} | {value} |' for name, value in rows])


def bench_table(text):
    lines = ['| figure | value | yardstick of the same run | ratio | budget | |',
             '|---|---|---|---|---|---|']
    for line in text.splitlines():
        if not line.startswith('{'):
            continue
        row = json.loads(line)
        beside = row['yardstick']
        ratio = ''
        if row['yardstickValue']:
            ratio = f"{row['value'] / row['yardstickValue']:.2f}"
            beside += f" ({row['yardstickValue']:.4g})"
        budget = '' if row['budget'] is None else f"{row['budget']:g}"
        cells = [row['figure'], f"{row['value']:.4g} {row['unit']}", beside, ratio, budget,
                 row['verdict']]
        lines.append(f"| {' | '.join(cells)} |")
    return '\n'.join(lines)


def page(log, bench):
    passed = figure(r'(\d+)% tests passed, (\d+) tests failed out of (\d+)', log,
                    '{2} test programs, {1} failed')
    return f'''# Scorecard

Written by `./dev scorecard` on {datetime.date.today().isoformat()}, on {machine()}.
Every figure is a line that a program printed in that run: {passed}.

{table('Simulation (internals/simulation.md)', simulation_rows(log))}

{table('Crashes, disks, power (internals/crash-testing.md)', crash_rows(log))}

{table('Hostile clients (internals/hostile-input.md)', hostile_rows(log))}

## Speed

The client runs on the same machine. What the figures mean and how to read them:
`../bench/README.md`.

{bench_table(bench)}
'''


def main():
    tests, bench, out = (pathlib.Path(word) for word in sys.argv[1:4])
    out.write_text(page(tests.read_text(errors='replace'), bench.read_text(errors='replace')))
    return 0


if __name__ == '__main__':
    sys.exit(main())
