"""The verbs of a draft: each makes one step, adds it, and gives the draft back, so that calls chain."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self

from truto_tickets_nb.edits.steps.step import Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.edits.filters.filters import Filter


class Verbs(ABC):
    """Offer one method for each kind of step. `where`: a mask, ticket ids, a Filter, its JSON, a function of the frame, or nothing for all."""

    @abstractmethod
    def add_step(self, *steps: Step) -> Self:
        """Add steps."""

    @abstractmethod
    def _where(self, where: Any) -> Filter: ...

    def _verb(self, kind: str, field: str, options: Mapping[str, Any], rest: tuple[Any, str]) -> Self:
        where, title = rest
        return self.add_step(Step(kind, field, self._where(where), options, title))

    def set(self, field: str, value: Any, *, where: Any = None, title: str = "") -> Self:
        """Set a field to one value: a name, a date, text, or all names of a set."""
        return self._verb("set", field, {"value": value}, (where, title))

    def clear(self, field: str, *, where: Any = None, title: str = "") -> Self:
        """Empty a field on purpose."""
        return self._verb("clear", field, {}, (where, title))

    def map(self, field: str, values: Mapping[Any, Any], *, where: Any = None, title: str = "") -> Self:
        """Replace whole values by others, all at once: {old: new}; None as new value empties. In a set, names are replaced."""
        return self._verb("map", field, {"values": dict(values)}, (where, title))

    def replace(  # noqa: PLR0913  (four things to say, and two switches)
        self,
        field: str,
        find: str,
        by: str,
        *,
        regex: bool = False,
        case: bool = True,
        where: Any = None,
        title: str = "",
    ) -> Self:
        r"""Replace text wherever it stands; `regex=True` takes a pattern (groups are \1 to \9), `case=False` any capitals."""
        return self._verb("replace", field, {"find": find, "by": by, "regex": regex, "case": case}, (where, title))

    def tidy(self, field: str, how: str = "trim", *, where: Any = None, title: str = "") -> Self:
        """Tidy text: trim (blanks around it), collapse (several blanks to one), upper, lower, title.

        Title case leaves letters after an apostrophe or a digit alone (Can't, 3rd), and words with a capital inside (VPN, iPhone).
        """
        return self._verb("tidy", field, {"how": how}, (where, title))

    def add(self, field: str, *names: str, where: Any = None, title: str = "") -> Self:
        """Add names to a set (tags, assignees…) where they are not there yet."""
        return self._verb("add", field, {"names": names}, (where, title))

    def remove(self, field: str, *names: str, where: Any = None, title: str = "") -> Self:
        """Remove names from a set."""
        return self._verb("remove", field, {"names": names}, (where, title))

    def swap(self, field: str, old: str, new: str, *, where: Any = None, title: str = "") -> Self:
        """Replace one name of a set by another, where it is there."""
        return self._verb("swap", field, {"old": old, "new": new}, (where, title))

    def shift(self, field: str, *, days: float = 0, hours: float = 0, where: Any = None, title: str = "") -> Self:
        """Move a date later, or earlier with a number below zero."""
        return self._verb("shift", field, {"days": days, "hours": hours}, (where, title))

    def copy(self, source_field: str, field: str, *, where: Any = None, title: str = "") -> Self:
        """Copy one column into another; where there is nothing to copy, the cell stays."""
        return self._verb("copy", field, {"from": source_field}, (where, title))

    def fill(self, field: str, value: Any, *, where: Any = None, title: str = "") -> Self:
        """Set a field to a value where it is empty."""
        return self._verb("fill", field, {"value": value}, (where, title))
