"""Which tickets are open: decided by the names of their statuses, which is an assumption and can be replaced."""

from __future__ import annotations

import re

# Names of final states as helpdesks and trackers use them; a name counts as closed where it equals one of these or begins with one
# ("Closed - no answer"). No API says which status is final, so this is an assumption that an audit shows and `closed=` replaces.
CLOSED = frozenset(
    [
        "abandoned",
        "archived",
        "canceled",
        "cancelled",
        "closed",
        "complete",
        "completed",
        "declined",
        "deleted",
        "done",
        "duplicate",
        "finished",
        "fixed",
        "invalid",
        "merged",
        "obsolete",
        "rejected",
        "released",
        "resolved",
        "solved",
        "spam",
        "verified",
        "wontfix",
        "wontdo",
        "abgelehnt",
        "abgeschlossen",
        "erledigt",
        "geschlossen",
        "gelöst",
        "storniert",
        "annulé",
        "clos",
        "clôturé",
        "fermé",
        "résolu",
        "terminé",
        "cancelado",
        "cerrado",
        "resuelto",
        "terminado",
        "fechado",
        "resolvido",
        "annullato",
        "chiuso",
        "risolto",
        "afgesloten",
        "geannuleerd",
        "gesloten",
        "opgelost",
        "已关闭",
        "已解决",
        "已完成",
        "完了",
        "解決済み",
        "クローズ",
    ]
)
_LETTERS = re.compile(r"[^\W_]+")
TOP_PRIORITIES = frozenset(
    [
        "blocker",
        "critical",
        "emergency",
        "highest",
        "immediate",
        "p0",
        "p1",
        "sev0",
        "sev1",
        "showstopper",
        "urgent",
        "dringend",
        "kritisch",
        "höchste",
        "urgente",
        "crítica",
        "critique",
    ]
)


def is_closed(status: str) -> bool:
    """Return whether a status is final, judged by its name.

    >>> [is_closed(name) for name in ("Resolved", "Closed - no answer", "Won't Fix", "Reopened", "Pending Closed", "To Do")]
    [True, True, True, False, False, False]
    """
    words = _LETTERS.findall(status.casefold())
    return bool(words) and (words[0] in CLOSED or "".join(words) in CLOSED)


def is_top_priority(priority: str) -> bool:
    """Return whether a priority is one of the most urgent, judged by its name.

    >>> [is_top_priority(name) for name in ("Blocker", "P1", "1 - Critical", "Major", "High")]
    [True, True, True, False, False]
    """
    return any(word in TOP_PRIORITIES for word in _LETTERS.findall(priority.casefold()))
