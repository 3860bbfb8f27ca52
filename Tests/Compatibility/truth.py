"""What the everything-server has, taken from itself."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent / "everything"))

import asking  # noqa: E402
import media  # noqa: E402
import questions  # noqa: E402
import schemas  # noqa: E402
import prompts as everything_prompts  # noqa: E402
from changes import Changes  # noqa: E402
from jobs import Jobs  # noqa: E402
from news import News  # noqa: E402
from resources import Resources  # noqa: E402
from tools import Tools  # noqa: E402

CHOICES = questions.CHOICES
SCHEMA = schemas.DIALECT_2020_12
IMAGE = {"type": "image", "data": media.PNG, "mimeType": "image/png"}
AUDIO = {"type": "audio", "data": media.WAV, "mimeType": "audio/wav"}


def plain(items: list[Any]) -> list[dict[str, Any]]:
    return [item.model_dump(mode="json", by_alias=True, exclude_none=True) for item in items]


@cache
def tools(name: str, modern: bool) -> list[dict[str, Any]]:
    kept = Tools(name, Changes(), News(None))
    kept.build()
    asking.add(kept)
    Jobs(None, kept)
    definitions = plain(kept.tools.definitions())
    if modern:
        # 2026-07-28 has no such member; the SDK leaves it out.
        for definition in definitions:
            definition.pop("execution", None)
    return definitions


@cache
def prompts(name: str) -> list[dict[str, Any]]:
    return plain(everything_prompts.build(name).definitions())


@cache
def resources(name: str) -> list[dict[str, Any]]:
    return plain(Resources(name).listed())


@cache
def templates(name: str) -> list[dict[str, Any]]:
    return plain(Resources(name).templates())
