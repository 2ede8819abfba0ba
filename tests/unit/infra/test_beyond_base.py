"""What a layer holds beside the one that every function has."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from infra.local.paths import ROOT

LAYERS = ROOT / "layers"
BASE = "a==1 \\\n    --hash=sha256:1\n    # via x\nb==2 ; python_version < '4' \\\n    --hash=sha256:2\n"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("beyond_base", LAYERS / "beyond_base.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pins_of_the_base_are_left_out_with_their_hashes(script: ModuleType) -> None:
    own = BASE + "c==3 \\\n    --hash=sha256:3 \\\n    --hash=sha256:4\n    # via y\n"

    assert script.beyond(own, BASE) == "c==3 \\\n    --hash=sha256:3 \\\n    --hash=sha256:4\n"
    assert script.beyond(own, "") == own.replace("    # via x\n", "").replace("    # via y\n", "")


def test_another_version_stays(script: ModuleType) -> None:
    assert script.beyond("a==2 \\\n    --hash=sha256:5\n", BASE) == "a==2 \\\n    --hash=sha256:5\n"
    assert script.beyond("b==2 \\\n    --hash=sha256:2\n", BASE) == ""


@pytest.mark.parametrize("layer", sorted(path.parent.name for path in LAYERS.glob("*/requirements.txt")))
def test_no_layer_has_another_version_than_the_base(script: ModuleType, layer: str) -> None:
    """Of two versions, the one unpacked last would be everybody's."""
    text = (LAYERS / "base" / "requirements.txt").read_text("utf-8")
    base = {pin.partition("==")[0] for pin in script.pins(text)}
    beyond = script.pins(script.beyond((LAYERS / layer / "requirements.txt").read_text("utf-8"), text))

    assert layer == "base" or base.isdisjoint(pin.partition("==")[0] for pin in beyond)


def test_the_base_itself_is_whole(script: ModuleType) -> None:
    path = Path(LAYERS / "base" / "requirements.txt")

    assert len(script.pins(path.read_text("utf-8"))) > 10
