"""The table: on the terminal, and as docs/compatibility.md."""

from __future__ import annotations

from collections import Counter, defaultdict

import document
from backends import BackendKind
from expectations import REASONS
from results import UPSTREAM, Result, Results

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


def markdown(results: Results, groups: dict[str, list[str]], clients: list[str], backends: list[BackendKind]) -> str:
    """The same for docs/compatibility.md: an overview, a table for each backend, and the reasons below."""
    notes: dict[str, int] = {}
    parts = ["### Overview", "", overview(results, clients, backends)]
    for backend in backends:
        rows = []
        for group, names in groups.items():
            rows.append([f"**{group}**", *[""] * len(clients)])
            rows += [[name, *(cell(results.of(name, client, backend.name), notes) for client in clients)] for name in names]
        parts += ["", f"### {backend.name}: {backend.title}", "", document.table(["", *clients], rows)]
    wire = [each for each in results.cells if each.feature == UPSTREAM]
    rows = [[each.backend, "yes" if each.status == "works" else f"no: {each.reason}"] for each in wire]
    parts += ["", f"### {UPSTREAM[0].upper()}{UPSTREAM[1:]}", "", document.table(["backend", ""], rows)]
    parts += ["", "### Notes", ""]
    parts += [f"{number}. {REASONS.get(reason, reason)}" for reason, number in notes.items()]
    return "\n".join(parts)


def overview(results: Results, clients: list[str], backends: list[BackendKind]) -> str:
    """How many features of those that client and server both have work, by both endpoints."""
    rows = []
    for backend in backends:
        row = [f"{backend.name}"]
        for client in clients:
            found = [each for each in results.cells if (each.client, each.backend) == (client, backend.name)]
            common = [each for each in found if each.status != "absent"]
            row.append(f"{sum(each.status == 'works' for each in common)} of {len(common)}")
        rows.append(row)
    return document.table(["backend \\ client", *clients], rows)


def cell(results: list[Result], notes: dict[str, int]) -> str:
    """One word for both endpoints where they agree, else one for each; a number for each reason."""
    if not results:
        return ""

    def word(result: Result) -> str:
        if result.status == "works":
            return "yes"
        number = notes.setdefault(result.reason, len(notes) + 1)
        return {"absent": "–", "differs": "partly", "fails": "no"}[result.status] + f" [{number}]"

    words = {result.endpoint: word(result) for result in sorted(results, key=lambda each: each.endpoint)}
    if len(set(words.values())) == 1:
        return next(iter(words.values()))
    return ", ".join(f"{endpoint}: {each}" for endpoint, each in words.items())
