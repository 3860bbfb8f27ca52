"""The behaviours that the official conformance scenarios ask for, under their names, as checks of our own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Check = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    """`era` is that of the client that acts it; `alone` says why a server of the other era alone cannot pass it."""

    name: str
    era: str
    check: Check
    alone: str = ""


SCENARIOS: list[Scenario] = []


def scenario(name: str, eras: str = "legacy modern", alone: str = "") -> Callable[[Check], Check]:
    def add(check: Check) -> Check:
        SCENARIOS.extend(Scenario(name, era, check, alone) for era in eras.split())
        return check

    return add


def load() -> list[Scenario]:
    from scenarios import contents, headers, input_required, questions, sessions, stateless, tasks  # noqa: F401

    return SCENARIOS
