"""The text of the document's section: both tables, why some cells are empty, and which scenarios are not covered."""

from __future__ import annotations

from typing import Any

NOT_COVERED = {
    "tasks-mrtr-composition": "a call that asks first and becomes a task then: each of the two is covered",
    "elicitation-sep1034-client-defaults": "filling in defaults is the business of the client that asks its user; the gateway passes the schema and the answer",
    "auth/*, authorization-server-metadata-endpoint, authorization-code-grant": "OAuth, which is not part of these tests",
}


def told(server: str, client: str, found: list[tuple[Any, list[str]]]) -> str:
    alone = sorted({f"- `{scenario.name}`: {scenario.alone}." for scenario, _ in found if scenario.alone})
    missing = [f"- `{name}`: {reason}." for name, reason in NOT_COVERED.items()]
    return "\n".join(
        [
            "The behaviours that the official scenarios (`modelcontextprotocol/conformance`) ask for, as checks of our own under their names.",
            "",
            "### Server scenarios",
            "",
            "Acted at the everything-server itself; through a gateway before it, on both endpoints; and through one whose only backend speaks",
            "the other era than the client. A part of a scenario has its own row.",
            "",
            server,
            "",
            "A dash: a server of the other era cannot have it.",
            "",
            *alone,
            "",
            "### Client scenarios",
            "",
            "What the gateway sends to a backend, seen by a scripted one; acted by a client of each era.",
            "",
            client,
            "",
            "### Not covered",
            "",
            *missing,
        ]
    )
