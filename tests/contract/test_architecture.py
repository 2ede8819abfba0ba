"""Code and layers are of one architecture, the one that is deployed."""

from __future__ import annotations

import pytest

from infra import template
from infra.layer_architecture import ARCHITECTURES, compiled_files
from infra.local.paths import BUILD

TEMPLATE = template.read()
LAYERS = TEMPLATE.resources(template.LAYER)


def test_every_layer_is_offered_to_functions_of_its_own_architecture_alone() -> None:
    with_code = [name for name, layer in TEMPLATE.layers().items() if layer.requirements]

    assert with_code
    assert [
        name for name in with_code if LAYERS[name].get("CompatibleArchitectures") != [{"Ref": "Architecture"}]
    ] == []


def test_the_architectures_of_the_template_can_be_built() -> None:
    assert tuple(TEMPLATE.document["Parameters"]["Architecture"]["AllowedValues"]) == ARCHITECTURES


def test_the_built_layers_are_of_one_architecture() -> None:
    if not BUILD.exists():
        pytest.skip("nothing is built; `make build` does it")

    assert len({architecture for _, architecture in compiled_files()}) == 1


def test_the_built_layer_of_recognition_has_its_two_models_and_none_of_the_engines_own() -> None:
    layer = BUILD / "RecognitionLayer"
    if not layer.exists():
        pytest.skip("nothing is built; `make build` does it")

    assert {path.name for path in layer.rglob("*.onnx")} == {"PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"}
