#!/usr/bin/env python3
"""Makes copies of the product's sources in which seeded bugs can be switched on.

    mutate.py MUTANTS ROOT OUT

MUTANTS  the list, mutants.txt
ROOT     the folder that its file names begin at
OUT      the folder for the copies and for mutants_table.cc

Exit code 1, and a line for each, when an edit does not fit its file any more.
"""
import pathlib
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Mutant:
    name: str
    what: str
    file: str = ''
    find: str = ''
    instead: str = ''
    before: str = ''
    number: int = field(default=0)


def read_mutants(text):
    mutants = []
    for line in text.splitlines():
        if not line.strip() or line.startswith('#'):
            continue
        head = re.fullmatch(r'\[(\w+)\]\s+(.*)', line)
        if head:
            mutants.append(Mutant(head[1], head[2], number=len(mutants) + 1))
            continue
        word, _, rest = line.partition(' ')
        setattr(mutants[-1], {'with': 'instead'}.get(word, word), rest.strip())
    return mutants


def place_of(mutant, text):
    """Where the edit goes: (begin, end), or a complaint."""
    pattern = r'\s+'.join(re.escape(word) for word in mutant.find.split())
    found = list(re.finditer(pattern, text))
    if len(found) == 1:
        return found[0].span()
    return f'{mutant.name}: {len(found)} places of {mutant.file} have: {mutant.find}'


def switched(found, mutants):
    """The source text with the edits of the mutants that share its place."""
    text = found
    for mutant in mutants:
        on = f'::carillon::active_mutant == {mutant.number}'
        if mutant.before:
            text = f'if ({on}) {{ {mutant.before} }} {text}'
        elif found.endswith(';'):
            text = f'if ({on}) {{ {mutant.instead} }} else {{ {text} }}'
        else:
            text = f'({on} ? ({mutant.instead}) : ({text}))'
    return text


def mutate(text, mutants, complaints):
    places = defaultdict(list)
    for mutant in mutants:
        place = place_of(mutant, text)
        if isinstance(place, str):
            complaints.append(place)
        else:
            places[place].append(mutant)
    ordered = sorted(places, reverse=True)
    for (begin, _), (_, end) in zip(ordered, ordered[1:]):
        if end > begin:
            complaints.append(f'{mutants[0].file}: edits overlap')
    for begin, end in ordered:
        text = text[:begin] + switched(text[begin:end], places[(begin, end)]) + text[end:]
    return '#include "tests/sim/mutants/mutants.h"\n' + text


def table(mutants):
    rows = '\n'.join(f'    {{"{m.name}", "{m.what}"}},' for m in mutants)
    return f'''#include <array>

#include "tests/sim/mutants/mutants.h"

namespace carillon {{

std::span<const Mutant> all_mutants() {{
  static constexpr std::array<Mutant, {len(mutants)}> mutants{{{{
{rows}
  }}}};
  return mutants;
}}

}}  // namespace carillon
'''


def write_if_changed(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    listed, root, out = (pathlib.Path(word) for word in sys.argv[1:4])
    mutants = read_mutants(listed.read_text())
    by_file = defaultdict(list)
    for mutant in mutants:
        by_file[mutant.file].append(mutant)
    complaints = []
    for name, of_file in by_file.items():
        text = mutate((root / name).read_text(), of_file, complaints)
        write_if_changed(out / name, text)
    write_if_changed(out / 'mutants_table.cc', table(mutants))
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
