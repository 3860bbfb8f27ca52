"""The text of the document's section: both tables, why some cells are empty, and which scenarios are not covered."""

from __future__ import annotations

from typing import Any

NOT_COVERED = {
    "tasks-mrtr-input, tasks-mrtr-composition, tasks-request-state-removal": "a task that asks for input: the everything-server's jobs ask for none; what the "
    "gateway does with them is what it does with every `tasks/*` request",
    "tasks-status-notifications": "its own source has no check yet beyond the acknowledgement",
    "tasks-required-task-error": "a server's own error, which passes as any other",
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
