"""Recipe: saved steps, replayable on fresh tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, runtime_checkable

from truto_tickets_nb.argument_checks import file_path, said
from truto_tickets_nb.edits.recipes.json_layout import laid_out
from truto_tickets_nb.edits.recipes.markdown import to_markdown
from truto_tickets_nb.edits.recipes.program import program
from truto_tickets_nb.edits.steps import step_list, summary
from truto_tickets_nb.edits.steps.step import Step
from truto_tickets_nb.errors import ArgumentError, RecipeError, StepError, shorten
from truto_tickets_nb.files.atomic_write import read_file, reason, write_file
from truto_tickets_nb.files.strict_json import read_json
from truto_tickets_nb.safe_text import escaped_json
from truto_tickets_nb.show import Answers, Page, to_html, to_text
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from pathlib import Path

MARK, VERSION = "truto_tickets_nb recipe", 1
MOST = 10_000  # steps
_KEYS = {"format", "version", "name", "integration", "steps"}


Result = TypeVar("Result", covariant=True)  # noqa: PLC0105  (the report, which only a snapshot can make)


@runtime_checkable
class Replays(Protocol[Result]):
    """What a recipe can be applied to: a snapshot."""

    def replay(self, recipe: Recipe) -> Result: ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """Steps that can be replayed on fresh tickets.

    >>> recipe = Recipe((Step("clear", "due_date"),), "spring")
    >>> Recipe.of_json(recipe.to_json()) == recipe
    True
    """

    steps: tuple[Step, ...] = ()
    name: str = ""
    integration: str = ""  # of the tickets it was made on
    counts: tuple[int, ...] = ()  # how much each step changed when it was made; () where nobody knows

    def __post_init__(self) -> None:
        if not isinstance(self.steps, tuple) or not all(isinstance(step, Step) for step in self.steps):
            raise ArgumentError(
                f"Recipe(steps) takes a tuple of steps, not {said(self.steps)}. Write Recipe((step, step))."
            )
        if len(self.steps) > MOST:
            raise RecipeError(
                f"A recipe has at most {MOST:,} steps, this one {len(self.steps):,}. Save it as several recipes."
            )

    def __len__(self) -> int:
        return len(self.steps)

    def to_json(self) -> str:
        """Write it as JSON that a person can read and edit: one object a step, with kind, field, options, where, title."""
        steps = [
            {**step.to_json(), **({"changed": self.counts[at]} if self.counts else {})}
            for at, step in enumerate(self.steps)
        ]
        about = {"name": self.name, "integration": self.integration}
        parts = {"format": MARK, "version": VERSION, **{k: v for k, v in about.items() if v}, "steps": steps}
        try:
            return escaped_json(laid_out(parts)) + "\n"
        except ValueError as error:
            raise RecipeError(
                f"This recipe can't be written as JSON: {error}. Give its steps finite numbers: neither NaN nor infinity."
            ) from error

    @classmethod
    def of_json(cls, text: str | bytes) -> Self:
        """Read it back; damaged text, a later version and unknown steps are a RecipeError that says where.

        The text is strict JSON (no NaN, no doubled keys), with or without the byte-order mark that some editors put before it.
        """
        try:
            data = read_json(text)
        except (ValueError, RecursionError) as error:
            raise RecipeError(f"This recipe is no JSON: {error}.") from error
        _check(data)
        read = [_step(number, step) for number, step in enumerate(data["steps"], 1)]
        counts = tuple(count for _, count in read if count is not None)
        steps = tuple(step for step, _ in read)
        return cls(
            steps, data.get("name", ""), data.get("integration", ""), counts if len(counts) == len(steps) else ()
        )

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a recipe from a file that draft.save(path) or recipe.save(path) wrote, or a person did."""
        source = file_path("path", path)
        try:
            return cls.of_json(read_file(source))
        except OSError as error:
            raise RecipeError(f"The recipe {path} can't be read: {reason(error)}.") from error
        except RecipeError as error:
            raise RecipeError(f"{path}: {error}") from error

    def save(self, path: str | Path) -> None:
        """Write it to a file; an existing one is replaced only once the new one is complete."""
        target = file_path("path", path)
        try:
            write_file(target, self.to_json())
        except OSError as error:
            raise RecipeError(
                f"The recipe can't be written to {target}: {reason(error)}. Choose another place."
            ) from error

    def apply_to(self, snapshot: Replays[Result]) -> Result:
        """Replay it on a snapshot; the report lists per step what matched, changed, was unchanged, or no longer applies."""
        if not isinstance(snapshot, Replays):
            raise ArgumentError(f"recipe.apply_to() takes a snapshot, not {said(snapshot)}: snapshot = account.load().")
        return snapshot.replay(self)

    def to_python(self) -> str:
        """Write it as pandas code that a colleague can read; it runs on `snapshot` and makes `plan`."""
        counts = self.counts or [None] * len(self.steps)
        titles = [summary.with_count(step, number) for step, number in zip(self.steps, counts, strict=True)]
        origin = f", made on {self.integration} tickets" if self.integration else ""
        name = f" {self.name!r}" if self.name else ""
        head = f"Recipe{name}: {counted(len(self.steps), 'step')}{origin}. Runs on `snapshot`, makes `plan`, sends nothing."
        return program(self.steps, titles, head)

    def to_markdown(self) -> str:
        """Write it as a protocol: what was done, on which tickets, to how many, in order."""
        return to_markdown(self.steps, self.counts, name=self.name, integration=self.integration)

    def _page(self) -> Page:
        lines = tuple(("", f"{number}. {step.words()}") for number, step in enumerate(self.steps[: step_list.STEPS], 1))
        group = (Answers("steps, in this order", (*lines, *step_list.hidden(len(self)))),) if lines else ()
        facts = (f"made on {self.integration} tickets",) if self.integration else ()
        name = f" {self.name!r}" if self.name else ""
        head = f"Recipe{name}: {counted(len(self.steps), 'step')}"
        return Page(head, facts, group, "recipe.apply_to(snapshot), or plan = snapshot.plan(recipe)")

    def __repr__(self) -> str:
        return to_text(self._page())

    def _repr_html_(self) -> str:
        return to_html(self._page())


def _check(data: Any) -> None:
    if not isinstance(data, dict) or data.get("format") != MARK or not isinstance(data.get("steps"), list):
        raise RecipeError(f'This is no recipe: it needs "format": "{MARK}", "version": {VERSION} and "steps": [...].')
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise RecipeError(f"This recipe is of version {version}, this toolkit reads {VERSION}. Update the toolkit.")
    if (
        version != VERSION
        or set(data) - _KEYS
        or not all(isinstance(data.get(k, ""), str) for k in ("name", "integration"))
    ):
        wrong = ", ".join(sorted(set(data) - _KEYS)) or "its version, its name or its integration"
        raise RecipeError(
            f"This recipe can't be understood: {shorten(wrong, 80)}. Its parts are: {', '.join(sorted(_KEYS))}."
        )


def _step(number: int, data: Any) -> tuple[Step, int | None]:
    step = {key: value for key, value in data.items() if key != "changed"} if isinstance(data, dict) else data
    changed = data.get("changed") if isinstance(data, dict) else None
    try:
        return Step.of_json(step), changed if isinstance(changed, int) else None
    except (StepError, RecursionError) as error:
        raise RecipeError(f"Step {number} of this recipe can't be done: {error}") from error
