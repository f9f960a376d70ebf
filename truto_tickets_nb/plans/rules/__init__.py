"""Check patches against what is known of an account: what is documented to fail blocks, what is inferred warns. Pure."""

from truto_tickets_nb.plans.rules.context import RuleContext
from truto_tickets_nb.plans.rules.notes import notes
from truto_tickets_nb.plans.rules.run_rules import problems

__all__ = ["RuleContext", "notes", "problems"]
