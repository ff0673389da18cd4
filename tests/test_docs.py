"""What the documents say is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from phototag.cli.main import COMMANDS
from phototag.core.query import parse, render
from phototag.errors import ExitCode

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme_and_the_reference(command: str) -> None:
    assert f"`phototag {command}" in text("README.md")
    assert f"\n### `phototag {command}" in text("docs/reference.md")


def test_every_command_that_is_documented_exists() -> None:
    documented = {
        found
        for d in DOCUMENTS
        for found in re.findall(r"`phototag ((?:export |import )?[a-z][a-z-]*)", d.read_text(encoding="utf-8"))
    }
    assert documented <= set(COMMANDS)


@pytest.mark.parametrize("code", ExitCode)
def test_every_exit_code_is_in_the_reference(code: ExitCode) -> None:
    assert f"| {code.value} | " in text("docs/reference.md")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_files_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_the_readme_shows_a_picture_and_two_commands_in_its_first_screen() -> None:
    first = "\n".join(text("README.md").splitlines()[:15])
    assert "make demo" in first
    assert "make test" in first
    assert "![" in first


def test_every_make_target_that_is_documented_exists() -> None:
    makefile = text("Makefile")
    for document in DOCUMENTS:
        for target in re.findall(r"\bmake ([a-z]+)\b +#", document.read_text(encoding="utf-8")):
            assert f"\n{target}:" in makefile


def _queries() -> list[str]:
    """The examples of the reference: terms in the table's first column, and the lines of the block below it."""
    section = text("docs/reference.md").partition("\n### `phototag find")[2].partition("\n## ")[0]
    terms = section.partition("| term |")[2].partition("| operator")[0]
    cells = [line.split(" | ")[0] for line in terms.splitlines() if line.startswith("| `")]
    block = section.partition("```\n")[2].partition("```")[0]
    return [term for cell in cells for term in re.findall("`([^`]+)`", cell)] + block.splitlines()


def test_every_query_of_the_reference_is_one() -> None:
    queries = _queries()
    assert len(queries) >= 20
    for query in queries:
        assert parse(render(parse(query))) == parse(query)
