"""What a plan is, as data: patches, problems and how they are sent. It knows none of its readers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from truto_tickets_nb.plans.fingerprint import fingerprint
from truto_tickets_nb.plans.request_spec import RequestSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.notes import Note
    from truto_tickets_nb.plans.change import Patch
    from truto_tickets_nb.plans.problem import Problem


@dataclass(frozen=True, slots=True)
class PlanData:
    """Ordered patches and problems of one account."""

    account_id: str
    integration: str
    patches: tuple[Patch, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    looked_at: int = 0  # tickets compared
    request_spec: RequestSpec = field(default_factory=RequestSpec)  # how each PATCH is made
    undoes: str = ""  # the run that this plan would undo
    budget: tuple[int, float] = (
        50,
        10.0,
    )  # requests per seconds that the expected time is reckoned with; 0 requests: no limit

    def __len__(self) -> int:
        return len(self.patches)

    def __iter__(self) -> Iterator[Patch]:
        return iter(self.patches)

    @property
    def changes(self) -> int:
        """Count the fields that would change."""
        return sum(len(patch.changes) for patch in self.patches)

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """List the problems that keep this plan from going out."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """List the problems that only need a look."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    @property
    def requests(self) -> int:
        """Count the requests that applying it takes in an orderly world: a GET before each PATCH."""
        if not self.request_spec.apart:
            return 2 * len(self.patches)
        return 2 * sum(len(self.request_spec.rounds(patch.changes)) for patch in self.patches)

    @property
    def seconds(self) -> float:
        """Reckon how long applying takes within the budget, in seconds."""
        size, window = self.budget
        if size <= 0:
            return self.requests * 0.02
        return max(0, -(-self.requests // size) - 1) * window + min(self.requests, size) * 0.05

    @property
    def fingerprint(self) -> str:
        """Return 64 hex digits (SHA-256) over everything that is shown and sent; people read the first 16 of them."""
        return fingerprint(self)
