"""The features, a check each: the rows of the matrix."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Check = Callable[[Any], Awaitable["Outcome | None"]]


@dataclass(frozen=True)
class Outcome:
    """What a check found where it is not simply that it works: `absent` or `differs`, and the word for the reason."""

    status: str
    reason: str


@dataclass(frozen=True)
class Feature:
    name: str
    group: str
    check: Check
    eras: frozenset[str]


FEATURES: list[Feature] = []


def feature(name: str, group: str, eras: str = "legacy modern") -> Callable[[Check], Check]:
    """Adds a check, for clients of these eras."""

    def add(check: Check) -> Check:
        FEATURES.append(Feature(name, group, check, frozenset(eras.split())))
        return check

    return add


def absent(reason: str) -> Outcome:
    return Outcome("absent", reason)


def load() -> list[Feature]:
    """All of them, in the order of the table."""
    from features import tools  # noqa: F401, I001
    from features import utilities, asking, resources, prompts, changes, extensions  # noqa: F401

    return FEATURES
