"""Look-up of sentences, and what the files that hold them must be like."""

from __future__ import annotations

import string
import subprocess
import sys
import typing
from collections import Counter
from importlib import resources

import pytest
from pydantic_core.core_schema import ErrorType
from voicehelper.messages.catalogue import codes, field_message, has_message, load_sentences, message_for

PACKAGE = "voicehelper.messages"
FILES = sorted(file.name for file in resources.files(PACKAGE).iterdir() if file.name.endswith(".toml"))
DOMAINS = [name.removesuffix(".toml") for name in FILES]
SEPARATOR = "·"  # between the parts of a line that the command line prints
SENTENCES = [
    *((PACKAGE, domain, code) for domain in DOMAINS for code in sorted(codes(domain))),
    *(("voicehelper_cli", "texts", code) for code in sorted(load_sentences("voicehelper_cli", "texts"))),
]


def placeholders(sentence: str) -> list[str]:
    """Names; ``{count|word|words}``, the command line's word for a number, counts as ``count``."""
    return sorted({name.partition("|")[0] for _, name, _, _ in string.Formatter().parse(sentence) if name is not None})


@pytest.mark.parametrize(("package", "name", "code"), SENTENCES)
def test_a_sentence_exists_in_both_languages_with_the_same_placeholders(package: str, name: str, code: str) -> None:
    sentence = load_sentences(package, name)[code]

    assert set(sentence) == {"zh", "en"}
    assert sentence["en"].replace(SEPARATOR, "").isascii()
    assert not sentence["zh"].isascii()
    assert placeholders(sentence["zh"]) == placeholders(sentence["en"])


def test_a_code_has_its_sentence_in_one_file_only() -> None:
    held = Counter(code for domain in DOMAINS if domain != "fields" for code in codes(domain))

    assert [code for code, times in held.items() if times > 1] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_code_of_any_file_but_that_of_fields_is_found(domain: str) -> None:
    assert all(has_message(code) == (domain != "fields") for code in codes(domain))


def test_a_sentence_is_found_whichever_file_holds_it() -> None:
    assert message_for("DOCUMENT_NOT_FOUND", "zh") == "文档不存在"
    assert message_for("DOCUMENT_NOT_FOUND", "en") == "Document not found"
    assert message_for("duplicate", "en") == "The knowledge base already holds a document with the same content"


@pytest.mark.parametrize(
    "code", ["", "NO_SUCH_CODE", "missing", "a.b", "]\n[", "x]\nzh = '", "{code}", "Expecting value"]
)
def test_an_unknown_code_gets_the_general_sentence(code: str) -> None:
    assert not has_message(code)
    assert message_for(code, "zh") == "服务内部错误"
    assert message_for(code, "en") == "Something went wrong on our side"


def test_placeholders_are_filled_and_left_empty_where_nothing_fills_them() -> None:
    model = {"built_with": "a", "current": "b"}

    assert message_for("EMBEDDING_MODEL_MISMATCH", "en", model) == (
        "This knowledge base was built with a, the current model is b; call  first"
    )
    assert "/bases/{id}/reindex" in message_for("embedding_model_changed", "zh")


def test_a_field_s_mistake_has_its_sentence_or_the_general_one() -> None:
    assert field_message("greater_than_equal", "zh", {"ge": 1}) == "不能小于 1"
    assert field_message("frozen_set_type", "en", {}) == "This value is not valid"


def test_field_sentences_are_for_mistakes_pydantic_reports() -> None:
    assert {code.removesuffix("_1") for code in codes("fields")} - {"any"} <= set(typing.get_args(ErrorType))


def test_importing_the_look_up_reads_nothing() -> None:
    """A successful request tells nobody a sentence, so it must not pay for one."""
    program = """
import pathlib, sys
reads = []
sys.addaudithook(lambda event, args: reads.append(str(args[0])) if event == "open" else None)
import voicehelper.messages.catalogue as catalogue
assert "tomllib" not in sys.modules
assert not [name for name in reads if name.endswith(".toml")], reads
catalogue.message_for("NOT_FOUND", "zh")
print(*sorted({pathlib.Path(name).stem for name in reads if name.endswith(".toml")}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert set(done.stdout.split()) == set(DOMAINS) - {"fields"}
