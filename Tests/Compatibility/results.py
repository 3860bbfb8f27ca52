"""What each cell came to, and whether that was expected."""

from __future__ import annotations

from dataclasses import dataclass, field

from expectations import expected


WIRE = "every message and head that the client received is valid"
UPSTREAM = "every message and head that the backend received is valid"


@dataclass(frozen=True)
class Result:
    feature: str
    client: str
    backend: str
    endpoint: str
    status: str
    reason: str = ""

    @property
    def as_expected(self) -> bool:
        return (self.status, self.reason) == expected(self.feature, self.client, self.backend, self.endpoint)


@dataclass
class Results:
    cells: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> None:
        self.cells.append(result)

    def surprises(self) -> list[Result]:
        return [result for result in self.cells if not result.as_expected]

    def of(self, feature: str, client: str, backend: str) -> list[Result]:
        """Both endpoints' results of one cell of the table."""
        return [each for each in self.cells if (each.feature, each.client, each.backend) == (feature, client, backend)]
