"""The template's order is the tree's: a diff lands where one looks for it."""

from __future__ import annotations

import difflib

import pytest

from infra import template
from infra.local.paths import ROOT
from infra.template_layout import SHARED, contents, in_order, insert_function, sections

TEXT = (ROOT / "template.yaml").read_text("utf-8")
TEMPLATE = template.read()
SECTIONS = sections(TEXT)
FOLDERS = {path.name for path in (ROOT / "functions").iterdir() if any(path.glob("*.py"))}

COLUMNS = 120


def test_the_banners_are_the_table_of_contents() -> None:
    assert [section.name for section in SECTIONS] == contents(TEXT)


def test_shared_things_come_first_then_every_folder_in_order() -> None:
    assert contents(TEXT) == [*SHARED, *in_order(FOLDERS)]


def test_every_resource_is_under_a_banner() -> None:
    assert [name for section in SECTIONS for name in section.resources] == list(TEMPLATE.document["Resources"])


def test_a_function_is_under_its_folders_banner() -> None:
    misplaced = [(s.name, name) for s in SECTIONS for folder, name in s.functions if folder != s.name]

    assert misplaced == []


def test_functions_under_a_banner_are_in_the_order_of_their_files() -> None:
    for section in SECTIONS:
        names = [name for _, name in section.functions]
        assert names == sorted(names), section.name


def test_lines_fit_the_screen() -> None:
    files = [ROOT / "template.yaml", *(ROOT / "infra").glob("*.yaml"), *(ROOT / "infra/state_machines").iterdir()]
    long = [
        f"{file.name}:{n}" for file in files for n, line in enumerate(file.open(), 1) if len(line.rstrip()) > COLUMNS
    ]

    assert long == []


@pytest.mark.parametrize(
    ("domain", "file_name"),
    [
        ("identity", "a_first"),
        ("knowledge", "list_files"),
        ("retrieval", "query_more"),
        ("ingestion", "z_last"),
        ("agents", "run_agent"),
        ("agent_steps", "plan_step"),
        ("unheard_of", "do_this"),
    ],
)
def test_a_new_block_goes_to_its_place_and_moves_nothing(domain: str, file_name: str) -> None:
    block = f"  NewFunction:\n    Properties:\n      Handler: {domain}.{file_name}.handler\n"

    text = insert_function(TEXT, domain=domain, file_name=file_name, block=block)

    after = {section.name: section for section in sections(text)}

    assert list(after) == contents(text) == [*SHARED, *in_order(FOLDERS | {domain})]
    names = [name for _, name in after[domain].functions]

    assert names == sorted(names)
    assert file_name in names
    assert "\n\n\n" not in text
    changes = difflib.unified_diff(TEXT.splitlines(), text.splitlines(), n=0, lineterm="")

    assert [line for line in changes if line.startswith("-") and not line.startswith("---")] == []
