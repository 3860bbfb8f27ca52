"""What goes wrong at backends and clients. Afterwards the gateway serves others, and has nothing left of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Check = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class Misfortune:
    name: str
    check: Check


MISFORTUNES: list[Misfortune] = []


def misfortune(name: str) -> Callable[[Check], Check]:
    def add(check: Check) -> Check:
        MISFORTUNES.append(Misfortune(name, check))
        return check

    return add


def load() -> list[Misfortune]:
    from misfortunes import backends, children, clients  # noqa: F401

    return MISFORTUNES
