from __future__ import annotations

import json
from pathlib import Path

import pytest
from voicehelper_cli.api import CliError
from voicehelper_cli.eval_questions import EvalQuestion, read_questions


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def read(tmp_path: Path, content: str | bytes) -> list[EvalQuestion]:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_questions(file)


def test_every_field_of_a_line_is_read(tmp_path: Path) -> None:
    full = {"question": "试用期多久？", "expected_text": ["三个月", "3 个月"], "document": "制度.pdf", "page": 4}

    questions = read(tmp_path, json.dumps(full) + '\n{"question": "Who?", "answerable": false}')

    assert questions == [
        EvalQuestion(1, "试用期多久？", ("三个月", "3 个月"), "制度.pdf", 4),
        EvalQuestion(2, "Who?", answerable=False),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b'\xef\xbb\xbf{"question": "a"}\r\n\r\n{"question": "b"}\r\n',
        '\n\n{"question": "a", "expected_text": null}\n  \n{"question": "b"}',
        '{"question": "a\u2028a"}\n{"question": "b\x85b"}',
    ],
)
def test_marks_blank_lines_and_other_separators_do_no_harm(tmp_path: Path, content: str | bytes) -> None:
    assert [question.question[:1] for question in read(tmp_path, content)] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not valid JSON (column 2)"),
        ("question?", "not valid JSON (column 1)"),
        ("[" * 100_000, "not valid JSON (column 1)"),
        ('{"question": "a", "page": ' + "9" * 5000 + "}", "not valid JSON (column 1)"),
        ('["a"]', "not a JSON object"),
        ("null", "not a JSON object"),
        ("{}", "question is missing"),
        ('{"question": null}', "question is missing"),
        ('{"question": " "}', "the value of question is not valid"),
        ('{"question": 7}', "the value of question is not valid"),
        ('{"question": "\\ud800"}', "the value of question is not valid"),
        ('{"question": "a\\u0000"}', "the value of question is not valid"),
        ('{"question": "a", "expected_text": []}', "the value of expected_text is not valid"),
        ('{"question": "a", "expected_text": ["b", 3]}', "the value of expected_text is not valid"),
        ('{"question": "a", "answerable": "no"}', "the value of answerable is not valid"),
        ('{"question": "a", "document": "d", "page": true}', "the value of page is not valid"),
        ('{"question": "a", "document": "d", "page": 0}', "the value of page is not valid"),
        ('{"question": "a", "page": 2}', "a page needs its document"),
        (
            '{"question": "a", "expected": "b"}',
            "there is no field expected; the fields are question, expected_text, document, page, answerable",
        ),
    ],
)
def test_a_line_that_cannot_be_meant_is_named_with_its_number(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(CliError) as caught:
        read(tmp_path, f'{{"question": "fine"}}\n\n{line}\n')

    assert str(caught.value) == f"Line 3: {reason}"
    assert caught.value.exit_code == 2


def test_all_bad_lines_are_named_at_once_but_no_more_than_ten(tmp_path: Path) -> None:
    with pytest.raises(CliError) as caught:
        read(tmp_path, "x\n" * 30)

    assert str(caught.value).splitlines()[::10] == ["Line 1: not valid JSON (column 1)", "…"]


@pytest.mark.parametrize("content", ["", "\n \n", b"\xff\xfe{", b"\x80"])
def test_a_file_without_questions_is_refused(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(CliError, match=r"holds no questions|is not UTF-8"):
        read(tmp_path, content)


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(CliError, match="cannot be read"):
            read_questions(path)
