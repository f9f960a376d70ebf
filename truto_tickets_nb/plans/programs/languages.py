"""The program languages, one module each. A new one is a module with a `ProgramLanguage`, named here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.errors import ArgumentError, shorten
from truto_tickets_nb.plans.programs import curl, javascript, python, python_sdk, typescript

if TYPE_CHECKING:
    from truto_tickets_nb.plans.programs.language import ProgramLanguage

LANGUAGES: dict[str, ProgramLanguage] = {
    module.LANGUAGE.name: module.LANGUAGE for module in (curl, python, javascript, typescript, python_sdk)
}


def language(name: str) -> ProgramLanguage:
    """Return a language by its name.

    >>> language("typescript").suffix
    '.ts'
    """
    if name in LANGUAGES:
        return LANGUAGES[name]
    meant = near(name, LANGUAGES)
    hint = f" Did you mean {meant[0]!r}?" if meant else ""
    raise ArgumentError(f"Unknown language {shorten(name, 40)!r}.{hint} There are: {', '.join(LANGUAGES)}.")
