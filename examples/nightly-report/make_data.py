#!/usr/bin/env python3
"""Makes the data of the example: deliveries of parcels, and the depots they left from.

The same arguments give the same files, byte for byte. Needs nothing but Python 3.
"""

import argparse
import csv
import datetime
import json
import pathlib
import random

CITIES = ["Oslo", "Bergen", "Trondheim", "Stavanger", "Tromsø", "Drammen", "Bodø", "Ålesund"]
SERVICES = [("economy", 96), ("standard", 48), ("express", 24)]
FIRST_DAY = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def make_depots(path):
    with path.open("w", encoding="utf-8") as file:
        for number, city in enumerate(CITIES, start=1):
            depot = {"depot": f"D{number:02}", "city": city, "doors": 4 + 3 * number % 11}
            file.write(json.dumps(depot, ensure_ascii=False) + "\n")


def make_deliveries(path, rows, chance):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["parcel", "depot", "service", "weight_g", "sent_at", "promised_h", "took_h", "note"]
        )
        for number in range(rows):
            service, promised = chance.choice(SERVICES)
            took = max(1, int(chance.gauss(promised * 0.8, promised * 0.25)))
            sent = FIRST_DAY + datetime.timedelta(minutes=number // 3)
            note = 'left at "the shed", signed' if chance.random() < 0.02 else ""
            writer.writerow(
                [
                    f"P{number:08}",
                    f"D{chance.randint(1, len(CITIES)):02}",
                    service,
                    chance.randint(50, 20_000),
                    sent.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    promised,
                    took,
                    note,
                ]
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    make_depots(options.folder / "depots.jsonl")
    make_deliveries(options.folder / "deliveries.csv", options.rows, random.Random(options.seed))
    print(f"{options.rows} deliveries and {len(CITIES)} depots in {options.folder}")


if __name__ == "__main__":
    main()
