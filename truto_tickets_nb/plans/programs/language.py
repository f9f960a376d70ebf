"""What a program language is: a name, words for people, the ending of its files, and the function that writes a plan in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.plans.plan_data import PlanData


@dataclass(frozen=True, slots=True)
class ProgramLanguage:
    """One language in which a plan can be written as a program."""

    name: str  # plan.to_program(name)
    title: str
    suffix: str
    write: Callable[[PlanData, str], str]  # the plan and the base address of the API -> the program
    comment: str = "#"
