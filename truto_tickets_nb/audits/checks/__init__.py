"""The checks of the toolkit, one class in one module each, in the order in which they run."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.audits.check import Check

# module: class. They are imported when an audit runs, so that an import of the toolkit loads none.
_CLASSES = {
    "time_completed_before_created": "CompletedBeforeCreated",
    "time_updated_before_created": "UpdatedBeforeCreated",
    "time_completed_while_open": "CompletedWhileOpen",
    "time_closed_without_completed": "ClosedWithoutCompleted",
    "time_future": "Future",
    "time_bulk_edits": "BulkEdits",
    "due_overdue": "Overdue",
    "due_before_created": "DueBeforeCreated",
    "age_old": "Old",
    "age_stale": "Stale",
    "age_untouched": "Untouched",
    "age_by_status": "StuckByStatus",
    "age_top_priority": "OldTopPriority",
    "flow_growing": "GrowingStock",
    "owner_unassigned": "Unassigned",
    "owner_overload": "Overload",
    "vocabulary_spellings": "SpellingsOfValues",
    "vocabulary_placeholders": "Placeholders",
    "vocabulary_synonyms": "Synonyms",
    "vocabulary_wrong_kind": "ValuesOfStatus",
    "vocabulary_title_tags": "TitleTags",
    "vocabulary_new_tags": "NewTags",
    "text_empty_title": "EmptyTitle",
    "text_placeholder_title": "PlaceholderTitle",
    "text_outer_blanks": "OuterBlanks",
    "text_double_blanks": "DoubleBlanks",
    "text_control_characters": "ControlCharacters",
    "text_zero_width": "ZeroWidth",
    "text_mojibake": "Mojibake",
    "text_html": "Html",
    "text_test_tickets": "TestTickets",
    "text_empty_description": "EmptyDescription",
    "duplicates_same_title": "SameTitle",
    "duplicates_look_alike": "LookAlike",
    "duplicates_same_text": "SameText",
    "duplicates_fixed_twin": "FixedTwin",
    "links_missing_parent": "MissingParent",
    "links_closed_parent": "ClosedParent",
    "links_cycle": "ParentCycle",
    "links_mentions": "Mentions",
    "required_by_state": "RequiredByState",
    "privacy_email": "Email",
    "privacy_secret": "Secret",
    "privacy_card": "Card",
    "privacy_phone": "Phone",
    "privacy_ip": "IpAddress",
    "columns_empty": "EmptyColumns",
    "columns_constant": "ConstantColumns",
    "columns_mixed": "MixedColumns",
    "columns_dominant": "DominantValues",
    "columns_concentration": "Concentration",
    "columns_outliers": "Outliers",
}


def all_checks() -> Mapping[str, Check]:
    """Return every check of the toolkit with its defaults, by id."""
    checks = (getattr(import_module(f"{__name__}.{module}"), name)() for module, name in _CLASSES.items())
    return {check.id: check for check in checks}
