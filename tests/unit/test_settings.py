from __future__ import annotations

import pytest
from voicehelper.settings import MissingSettingError, check_settings, settings

from tests.support.environment import VARIABLES


@pytest.fixture(autouse=True)
def _read_anew() -> None:
    settings.cache_clear()


@pytest.mark.parametrize("name", [name for name in VARIABLES if not name.startswith("AWS")])
def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)

    with pytest.raises(MissingSettingError, match=f"^{name}$"):
        settings()


def test_a_function_with_a_variable_missing_fails_as_it_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "create_base")
    monkeypatch.delenv("STAGE")

    with pytest.raises(MissingSettingError, match="STAGE"):
        check_settings()


def test_outside_lambda_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    monkeypatch.delenv("STAGE")

    check_settings()


def test_opensearch_needs_an_address_and_the_database_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings().search_engine == "postgres"

    settings.cache_clear()
    monkeypatch.setenv("SEARCH_ENGINE", "opensearch")

    with pytest.raises(MissingSettingError, match=r"^OPENSEARCH_URL$"):
        settings()


def test_the_address_of_opensearch_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCH_ENGINE", "opensearch")
    monkeypatch.setenv("OPENSEARCH_URL", "http://127.0.0.1:9200/")

    assert settings().opensearch_url == "http://127.0.0.1:9200"


def test_without_weights_named_there_is_no_trained_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings().reader_weights == ""

    settings.cache_clear()
    monkeypatch.setenv("READER_WEIGHTS", "/opt/reader.safetensors")

    assert settings().reader_weights == "/opt/reader.safetensors"
