"""What is expected of each cell: that it works, but for what is named here, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

JOINT = "/mcp"

REASONS = {
    "no elicitation": "The client's version has no elicitation (it came with 2025-06-18); the call ends with an error that says so.",
    "no elicitation by URL": "The client's version has no elicitation by URL (it came with 2025-11-25).",
    "no extensions": "Versions of the legacy era have no extensions among the capabilities.",
    "nothing beside the answer": "A server that answers in JSON has no stream for progress and log messages, and sends none.",
    "no error among answers": "The answers of the modern era have no place for an error of the client: the server sees that its question was cancelled.",
    "no tasks": "The client's version has no tasks (they came with 2025-11-25).",
    "tasks of the other era": "2025-11-25 and the extension of 2026-07-28 have different tasks, and a server begins one only for a client that can have it: "
    "the call is answered at its end.",
    "a method that names no backend": "Nothing in the request says which backend it is for; the backend's own endpoint has it, with a name or a URI for access lists to judge by.",
    "a log message names no call": "On stdio a log message does not say which call it belongs to. From a process that callers share it reaches the "
    "client only while its call is the only one; else the gateway's own log has it.",
    "a process of one's own": "Where sessions have processes of their own, and lists are theirs, a client of the modern era, which has no "
    "session, is given the lists of the process that all share.",
    "no question can be taken back": "In the modern era the question is a result, and a result cannot be taken back.",
}


@dataclass(frozen=True)
class Rule:
    """These cells end so. Each pattern is a shell's; `clients` and `backends` may be several, separated by blanks."""

    features: str
    clients: str
    backends: str
    status: str
    reason: str
    endpoint: str = "*"

    def covers(self, feature: str, client: str, backend: str, endpoint: str) -> bool:
        return (
            fnmatchcase(feature, self.features)
            and any(fnmatchcase(client, each) for each in self.clients.split())
            and any(fnmatchcase(backend, each) for each in self.backends.split())
            and fnmatchcase(endpoint, self.endpoint)
        )


RULES = [
    Rule("tasks*", "2025-11-25", "modern-*", "absent", "tasks of the other era"),
    Rule("tasks*", "2026-07-28 auto", "legacy-*", "absent", "tasks of the other era"),
    Rule("tasks*", "2024-* 2025-0*", "legacy-*", "absent", "no tasks"),
    Rule("tasks*", "2024-* 2025-0*", "modern-*", "absent", "tasks of the other era"),
    Rule("elicitation: the client refuses to answer", "2025-06-18 2025-11-25", "modern-*", "differs", "no error among answers"),
    Rule("a method of an unknown extension", "*", "*", "differs", "a method that names no backend", JOINT),
    Rule("elicitation*", "2024-11-05 2025-03-26", "*", "absent", "no elicitation"),
    Rule("elicitation by URL*", "2025-06-18", "*", "absent", "no elicitation by URL"),
    Rule("elicitation: the server takes its question back", "*", "modern-*", "absent", "no question can be taken back"),
    Rule("elicitation: progress before and after it", "*", "legacy-json", "absent", "nothing beside the answer"),
    Rule("progress, in order and before the answer", "*", "legacy-json", "absent", "nothing beside the answer"),
    Rule("log messages*", "*", "legacy-json", "absent", "nothing beside the answer"),
    Rule("log messages*", "*", "modern-stdio", "differs", "a log message names no call"),
    Rule("subscriptions/listen: changed lists", "*", "legacy-stdio", "differs", "a process of one's own"),
    Rule("the server's own and unknown capabilities", "202[45]-*", "modern-*", "absent", "no extensions"),
]


def expected(feature: str, client: str, backend: str, endpoint: str) -> tuple[str, str]:
    """The status and the reason; the first rule that covers the cell counts."""
    for rule in RULES:
        if rule.covers(feature, client, backend, endpoint):
            return rule.status, rule.reason
    return "works", ""
