"""The table: on the terminal, and as docs/compatibility.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from features import Feature
from results import Result, Results

SIGNS = {"works": "yes", "absent": "–", "differs": "≠", "fails": "NO", "": ""}
ORDER = ["fails", "differs", "absent", "works", ""]


def sign(results: list[Result]) -> str:
    """One word for both endpoints: the worse one."""
    statuses = {result.status for result in results} or {""}
    return SIGNS[next(status for status in ORDER if status in statuses)]


def text(results: Results, names: list[str], clients: list[str], backends: list[str]) -> str:
    """A table for each backend, and below them each cell that is not as expected."""
    wide = max(len(name) for name in names)
    lines = []
    for backend in backends:
        table = {name: [sign(results.of(name, client, backend)) for client in clients] for name in names}
        if not any(any(signs) for signs in table.values()):
            continue
        lines.append(f"\n{backend:<{wide}}  " + " ".join(f"{client:>10}" for client in clients))
        lines += [f"{name:<{wide}}  " + " ".join(f"{each:>10}" for each in signs) for name, signs in table.items()]
    return "\n".join(lines + surprises(results))


def surprises(results: Results) -> list[str]:
    """Those that are not as expected, together where they have the same reason."""
    ways: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in results.surprises():
        ways[result.status, result.reason].append(result)
    lines = ["", f"Not as expected: {sum(map(len, ways.values()))} of {len(results.cells)} cells"] if ways else []
    for (status, reason), found in sorted(ways.items(), key=lambda way: -len(way[1])):
        lines.append(f"\n{len(found)} × {status}: {reason}")
        features: dict[str, set[str]] = defaultdict(set)
        for result in found:
            features[f"{result.client} → {result.backend} {result.endpoint}"].add(result.feature)
        together: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for who, what in features.items():
            together[tuple(sorted(what))].append(who)
        lines += [f"    {'; '.join(sorted(who))}:\n        {'; '.join(what)}" for what, who in together.items()]
    return lines


def count(results: Results) -> Counter[str]:
    return Counter(result.status for result in results.cells)


def names_of(features: list[Feature], more: list[str]) -> list[str]:
    return [feature.name for feature in features] + more


def rows(features: list[Feature]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for feature in features:
        groups[feature.group].append(feature)
    return groups
