"""What an import loads, and what the names of the package are: light until something heavy is needed, typed, and complete."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import truto_tickets_nb as tt

HEAVY = ("uvicorn", "starlette", "httpx", "ipywidgets", "openpyxl", "pydantic", "tqdm")
ROOT = Path(tt.__file__).resolve().parent


def loaded(code):
    """Run code in a fresh interpreter and list the heavy libraries that it has loaded."""
    asked = f"{code}\nimport sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("import truto_tickets_nb", set()),
        ("import truto_tickets_nb as tt; tt.errors.TicketsError, tt.__version__, dir(tt), tt.sandbox", set()),
        ("import truto_tickets_nb as tt; tt.integrations()", {"pydantic"}),
        ("import truto_tickets_nb as tt; tt.Plan, tt.Draft, tt.Recipe, tt.open_snapshot", {"pydantic", "tqdm"}),
        ("import truto_tickets_nb as tt; tt.connect", {"httpx", "pydantic", "tqdm"}),
    ],
)
def test_import_loads_only_what_is_needed(code, allowed):
    """The server's libraries, HTTP and widgets are loaded when they are used, not by the import of the package."""
    assert set(loaded(code)) <= allowed


def test_every_public_name_is_reached():
    """Each name of __all__ is there, listed by dir(), and stays what it is once all modules are loaded."""
    assert set(tt.__all__) <= set(dir(tt))
    for name in tt.__all__:
        value = getattr(tt, name)
        assert getattr(tt, name) is value
    with tt.sandbox("jira", tickets=1, limit=None) as account:
        assert isinstance(account, tt.Account)
    assert callable(tt.sandbox)
    assert callable(tt.integrations)


@pytest.mark.parametrize("name", ["sandbox", "integrations"])
def test_functions_are_not_replaced_by_packages_of_their_name(name):
    """There are packages named sandbox and integrations: importing their modules leaves the functions in place."""
    code = f"import truto_tickets_nb as tt, truto_tickets_nb.{name}.profile{'s' * (name == 'sandbox')}; assert callable(tt.{name})"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_name_is_an_attribute_error():
    """A name that is not there is Python's own error, so that hasattr() works."""
    assert not hasattr(tt, "nonsense")
    with pytest.raises(AttributeError, match="nonsense"):
        _ = tt.nonsense


def test_types_reach_the_user():
    """py.typed lies in the package, so that a type checker reads its annotations."""
    assert (ROOT / "py.typed").read_text() == ""


def test_type_checker_sees_the_public_types():
    """A type checker knows the types of lazily imported names: typing_public.py pins them, and each wrong argument in it is an error."""
    api = pytest.importorskip("mypy.api")
    tests = Path(__file__).parent
    report, complaint, status = api.run(
        [str(tests / "typing_public.py"), "--config-file", str(tests.parent / "pyproject.toml")]
    )
    assert (status, complaint) == (0, ""), report
