"""docs/compatibility.md: each program writes its own section of it, and fails when what stands there is not what it found."""

from __future__ import annotations

import re
from pathlib import Path

PATH = Path(__file__).resolve().parent.parent.parent / "docs" / "compatibility.md"


def section(name: str) -> str:
    found = pattern(name).search(PATH.read_text(encoding="utf-8"))
    if found is None:
        raise LookupError(f"{PATH.name} has no section {name}")
    return found[1].strip()


def write(name: str, text: str) -> None:
    section(name)
    whole = PATH.read_text(encoding="utf-8")
    new = f"<!-- {name} begins -->\n\n{text.strip()}\n\n<!-- {name} ends -->"
    PATH.write_text(pattern(name).sub(lambda _: new, whole), encoding="utf-8")


def pattern(name: str) -> re.Pattern[str]:
    return re.compile(f"<!-- {name} begins -->(.*?)<!-- {name} ends -->", re.DOTALL)


def settle(name: str, text: str, to_write: bool) -> bool:
    """Writes the section, or compares with it; whether the document is now what was found."""
    if to_write:
        write(name, text)
        print(f"{PATH.name}: section {name} written")
        return True
    if section(name) == text.strip():
        return True
    print(f"{PATH.name}: section {name} is not what this run found; --write renews it")
    return False


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
