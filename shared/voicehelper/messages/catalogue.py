"""Looks up the sentence for a code in this package's TOML files, one per domain.

``message_for`` serves errors, warnings and document states, ``field_message`` single fields of a request. Files are
read when the first sentence is needed, and only the one that holds it is parsed: a successful request pays for neither.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from voicehelper.messages.language import Language

Sentence = Mapping[Language, str]

_PACKAGE: Final = "voicehelper.messages"
_FIELDS: Final = "fields"  # its codes are pydantic's, not ours
_FALLBACK: Final = ("common", "INTERNAL_ERROR")
_FIELD_FALLBACK: Final = "any"


def message_for(code: str, language: Language, params: Mapping[str, Any] | None = None) -> str:
    """The sentence for a code; an unknown code gets the sentence of INTERNAL_ERROR, never the code's name."""
    domain = _domain_of(code)
    sentence = load_sentences(_PACKAGE, domain)[code] if domain else _fallback()
    return _fill(sentence[language], params or {})


def field_message(kind: str, language: Language, params: Mapping[str, Any]) -> str:
    """The sentence for what pydantic calls ``kind``; a general one for a kind without its own."""
    sentences = load_sentences(_PACKAGE, _FIELDS)
    of_one = sentences.get(f"{kind}_1") if params.get("min_length") == 1 else None
    return _fill((of_one or sentences.get(kind, sentences[_FIELD_FALLBACK]))[language], params)


def has_message(code: str) -> bool:
    """Whether ``message_for`` has a sentence of its own for the code."""
    return _domain_of(code) is not None


def codes(domain: str) -> frozenset[str]:
    """The codes that ``<domain>.toml`` holds sentences for."""
    return frozenset(load_sentences(_PACKAGE, domain))


@functools.cache
def load_sentences(package: str, name: str) -> Mapping[str, Sentence]:
    """The sentences of ``<package>/<name>.toml`` by code. Raises FileNotFoundError where there is no such file."""
    import tomllib  # 2 ms that only a process with something to tell pays for

    return tomllib.loads(_text(package, name))


def _domain_of(code: str) -> str | None:
    """Searched as text: the headers are the index, and seven files of 10 kB are scanned in microseconds."""
    header = f"\n[{code}]\n"
    domain = next((name for name, text in _domain_texts().items() if header in text), None)
    return domain if domain and code in load_sentences(_PACKAGE, domain) else None


@functools.cache
def _domain_texts() -> Mapping[str, str]:
    files = (file.name for file in resources.files(_PACKAGE).iterdir())
    names = sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml"))
    return {name: _text(_PACKAGE, name) for name in names if name != _FIELDS}


def _text(package: str, name: str) -> str:
    return (resources.files(package) / f"{name}.toml").read_text("utf-8")


def _fallback() -> Sentence:
    domain, code = _FALLBACK
    return load_sentences(_PACKAGE, domain)[code]


def _fill(template: str, params: Mapping[str, Any]) -> str:
    return template.format_map(_Blank(params))


class _Blank(dict[str, Any]):
    """A placeholder nobody filled is left empty: a sentence must never fail while an error is told."""

    def __missing__(self, key: str) -> str:
        return ""
