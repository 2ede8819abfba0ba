"""The tests of a room are in the folder of its name, so that they are found without a search."""

from __future__ import annotations

import pytest

from infra.local.paths import ROOT

ROOMS = ROOT / "shared" / "voicehelper"
# Tests of the command line, of the drill, of infra, of infra/local and of tests/support.
OTHERS = frozenset({"cli", "drill", "infra", "local", "support"})


@pytest.mark.parametrize("kind", ["unit", "integration"])
def test_a_folder_of_tests_is_named_as_a_folder_of_the_product(kind: str) -> None:
    root = ROOT / "tests" / kind
    folders = {path.parent.relative_to(root) for path in root.rglob("*.py")}
    rooms = [folder for folder in sorted(folders) if folder.parts[:1] not in [(other,) for other in OTHERS]]

    assert [str(folder) for folder in rooms if not (ROOMS / folder).is_dir()] == []
