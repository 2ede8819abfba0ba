"""The command line as scripts use it: arguments in; standard output, standard error and an exit code out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.integration.cli.conftest import ENTRY, Command, Result
from tests.integration.cli.service import Service, problem


def has_no_stack_trace(result: Result) -> bool:
    return "Traceback" not in result.stdout + result.stderr


def test_registering_signs_in(command: Command, service: Service) -> None:
    assert command("register", "x@example.com").stdout.startswith("Welcome, ann.")

    assert json.loads(service.posted("/auth/register")[0])["username"] == "x__"
    assert command("whoami").stdout == "ann <a@example.com>\n"


def test_only_the_owner_can_read_the_session_file(signed_in: Command, tmp_path: Path) -> None:
    path = tmp_path / "config" / "voicehelper" / "sessions.json"

    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["sessions.json"]


def test_an_expired_token_is_renewed_once_and_stored(signed_in: Command, service: Service) -> None:
    service.access_token = "another"

    assert signed_in("whoami").returncode == 0
    assert signed_in("whoami").returncode == 0
    assert len(service.posted("/auth/refresh")) == 1


def test_a_session_that_cannot_be_renewed_asks_to_sign_in(signed_in: Command, service: Service) -> None:
    service.access_token = "another"
    service.forced["POST /auth/refresh"] = (401, problem("TOKEN_INVALID", "the session has ended"))

    result = signed_in("whoami")

    assert result.returncode == 3
    assert result.stderr == "sign in first\n→ voicehelper login EMAIL\n"


def test_signing_out_succeeds_when_the_session_has_already_ended(signed_in: Command, service: Service) -> None:
    service.forced["POST /auth/logout"] = (401, problem("UNAUTHENTICATED", "dead"))
    service.forced["POST /auth/refresh"] = (401, problem("TOKEN_INVALID", "dead"))

    assert signed_in("logout").returncode == 0
    assert signed_in("whoami").returncode == 3


def test_a_damaged_session_file_means_signed_out(signed_in: Command, service: Service, tmp_path: Path) -> None:
    path = tmp_path / "config" / "voicehelper" / "sessions.json"
    for content in ("{", "[1]", json.dumps({service.base_url: {"colour": "blue"}})):
        path.write_text(content)
        result = signed_in("whoami")
        assert result.returncode == 3
        assert has_no_stack_trace(result)


def test_lists_are_followed_to_their_last_page(signed_in: Command) -> None:
    for name in ("one", "two", "three", "four", "five"):
        assert signed_in("base", "create", name).returncode == 0

    listed = json.loads(signed_in("--json", "base", "list").stdout)

    assert [base["name"] for base in listed] == ["one", "two", "three", "four", "five"]


def test_piped_lists_have_one_line_per_item_whatever_the_terminal_width(signed_in: Command, service: Service) -> None:
    name = "a_name_that_is_longer_than_the_terminal_has_columns"
    signed_in("base", "create", name)

    _, line = signed_in("base", "list").stdout.splitlines()

    assert line.split() == [name, "0", "0", json.loads(service.bases[0].model_dump_json())["id"]]


def test_an_unknown_base_name_lists_the_existing_ones(signed_in: Command) -> None:
    signed_in("base", "create", "manuals")

    result = signed_in("ask", "How long?", "--base", "manual")

    assert result.returncode == 4
    assert result.stderr == "There is no knowledge base manual.\n→ Did you mean manuals?\n"
    assert "There are: manuals" in signed_in("base", "delete", "nope").stderr


def test_without_a_base_the_next_step_is_to_create_one(signed_in: Command) -> None:
    assert "→ voicehelper base create 'my files'" in signed_in("ask", "How long?", "--base", "my files").stderr


def test_deleting_a_base_asks_first(signed_in: Command, service: Service) -> None:
    signed_in("base", "create", "manuals")

    assert signed_in("base", "delete", "manuals", answer="n\n").returncode == 1
    assert not [call for call in service.requests if call[0] == "DELETE"]
    assert signed_in("base", "delete", "manuals", "--yes").returncode == 0
    assert [call for call in service.requests if call[0] == "DELETE"]


def test_a_folder_is_uploaded_and_followed_to_its_end(signed_in: Command, service: Service, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    (folder / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    for name in ("a.md", "deep/[draft].md", ".hidden", ".git/config"):
        (folder / name).write_text("text")

    result = signed_in("upload", str(folder), "--base", "fresh")

    assert result.returncode == 0
    assert result.stdout.splitlines() == ["✓ a.md: 7 chunks", "✓ [draft].md: 7 chunks"]
    assert [base.name for base in service.bases] == ["fresh"]


def test_a_refused_or_failed_file_does_not_stop_the_others(signed_in: Command, tmp_path: Path) -> None:
    names = ("broken.md", "good.md", "refused.exe")
    for name in names:
        (tmp_path / name).write_text("text")

    result = signed_in("--json", "upload", *(str(tmp_path / name) for name in names))

    results = {document["filename"]: document for document in json.loads(result.stdout)}

    assert result.returncode == 6
    assert {name: results[name]["status"] for name in names} == {
        "broken.md": "failed", "good.md": "indexed", "refused.exe": "refused",
    }  # fmt: skip
    assert results["refused.exe"]["error"]["code"] == "UNSUPPORTED_MEDIA_TYPE"


def test_a_large_file_goes_to_storage_directly(signed_in: Command, service: Service, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(b"x" * 5_000_000)

    assert signed_in("upload", str(large)).returncode == 0
    assert len(service.posted("/storage")[0]) > 5_000_000
    assert service.posted("/storage")[0].index(b'name="key"') < service.posted("/storage")[0].index(b'name="file"')


def test_a_refusal_by_storage_is_reported_for_its_file(signed_in: Command, service: Service, tmp_path: Path) -> None:
    service.forced["storage"] = (403, b"<Error/>")
    large = tmp_path / "large.bin"
    large.write_bytes(b"x" * 5_000_000)

    result = signed_in("upload", str(large))

    assert result.returncode == 6
    assert "Storage refused large.bin (403)." in result.stdout


@pytest.mark.parametrize("missing", ["nowhere.md", "empty"])
def test_nothing_to_upload_fails_before_a_base_is_created(
    signed_in: Command, service: Service, tmp_path: Path, missing: str
) -> None:
    (tmp_path / "empty").mkdir()

    result = signed_in("upload", str(tmp_path / missing))

    assert result.returncode == (4 if missing == "nowhere.md" else 1)
    assert has_no_stack_trace(result)
    assert service.bases == []


def test_a_missing_path_does_not_stop_the_others(signed_in: Command, tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("text")

    result = signed_in("upload", str(tmp_path / "nowhere.md"), str(tmp_path / "good.md"))

    assert result.returncode == 6
    assert result.stdout.splitlines() == [
        f"✗ nowhere.md: {tmp_path}/nowhere.md does not exist.", "✓ good.md: 7 chunks",
    ]  # fmt: skip


def test_an_answer_is_followed_by_pages_and_timings(signed_in: Command) -> None:
    signed_in("base", "create", "default")

    lines = signed_in("ask", "the warranty").stdout.splitlines()

    assert lines[1] == "About the warranty: 24 months [1]."
    assert lines[3:6] == [
        "[1] [draft] manual.pdf, p. 12",
        "    “The warranty lasts 24 months.”",
        "1 more passage, not cited (shown by --all)",
    ]
    assert lines[6] == "search 0.20 s, answer 0.30 s, total 0.60 s · 120 tokens, $0.0036"


def test_a_chinese_locale_gets_chinese_output(signed_in: Command, service: Service) -> None:
    signed_in("base", "create", "default")
    service.languages.clear()

    output = signed_in("ask", "保修多久？", locale="zh_CN.UTF-8").stdout

    assert "第 12 页" in output
    assert "检索 0.20 秒" in output
    assert service.languages == {"zh"}


def test_documents_can_be_listed_inspected_and_restarted(signed_in: Command, service: Service, tmp_path: Path) -> None:
    (tmp_path / "broken.md").write_text("text")
    signed_in("upload", str(tmp_path / "broken.md"))
    (document_id,) = service.documents

    assert "broken" in signed_in("documents", "list").stdout
    assert signed_in("documents", "status", document_id).stdout == "broken.md · failed · 0 chunks\nbroken\n"
    for verb in ("retry", "reindex", "delete"):
        assert signed_in("documents", verb, document_id).returncode == 0

    assert signed_in("documents", "status", "doc-nobody").returncode == 4


def test_a_document_goes_by_its_file_name(signed_in: Command, tmp_path: Path) -> None:
    (tmp_path / "broken.md").write_text("text")
    signed_in("upload", str(tmp_path / "broken.md"))

    assert signed_in("documents", "status", "BROKEN.md").stdout.startswith("broken.md · failed")
    unknown = signed_in("documents", "status", "brokn.md")
    assert (unknown.returncode, unknown.stderr) == (
        4, "There is no document brokn.md.\n→ Did you mean broken.md?\n",
    )  # fmt: skip


@pytest.mark.parametrize("verb", ["retry", "reindex"])
def test_a_whole_base_can_be_restarted(signed_in: Command, verb: str) -> None:
    signed_in("base", "create", "default")

    assert "3" in signed_in("base", verb, "default").stdout


def test_a_conversation_can_be_created_continued_shown_and_deleted(signed_in: Command, service: Service) -> None:
    conversation = json.loads(signed_in("--json", "conversations", "create", "Warranty").stdout)

    assert "Warranty" in signed_in("conversations", "list").stdout
    assert "[1] [draft] manual.pdf, p. 12" in signed_in("conversations", "send", conversation["id"], "How long?").stdout
    shown = signed_in("conversations", "show", conversation["id"]).stdout

    assert shown.index("> How long?") < shown.index("Two years.")
    assert signed_in("conversations", "delete", conversation["id"]).returncode == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense", "http://[::1"])
def test_an_unreachable_address_is_reported_with_the_next_step(command: Command, url: str) -> None:
    result = command("whoami", url=url)

    assert result.returncode == 5
    assert "make run" in result.stderr
    assert has_no_stack_trace(result)


@pytest.mark.parametrize(
    ("locale", "sentence"), [("C.UTF-8", "The database is waking up"), ("zh_CN.UTF-8", "数据库正在唤醒")]
)
def test_a_sleeping_database_is_waited_for_and_said_once(
    signed_in: Command, service: Service, locale: str, sentence: str
) -> None:
    service.waking = 3

    result = signed_in("--json", "whoami", locale=locale)

    assert result.returncode == 0
    assert json.loads(result.stdout)["username"] == "ann"
    assert result.stderr.count(sentence) == 1


@pytest.mark.parametrize("forced", [(200, b"<html>"), (502, b"<html>"), (302, b""), (500, b"[]")])
def test_a_response_of_another_service_is_recognised(
    signed_in: Command, service: Service, forced: tuple[int, bytes]
) -> None:
    service.forced["GET /users/me"] = forced

    result = signed_in("whoami")

    assert result.returncode == 1
    assert f"Unexpected response {forced[0]}." in result.stderr


def test_refused_fields_are_named(command: Command, service: Service) -> None:
    fields = [{"field": "email", "message": "not an address"}]
    body = problem("VALIDATION_ERROR", "Some fields are wrong", fields=fields)
    service.forced["POST /auth/register"] = (422, body)

    result = command("--json", "register", "x")

    assert result.returncode == 1
    assert result.stderr == "Some fields are wrong: email: not an address\n"
    assert json.loads(result.stdout) == body


def test_json_mode_prints_json_when_the_service_is_unreachable(command: Command) -> None:
    result = command("--json", "whoami", url="http://127.0.0.1:9")

    assert json.loads(result.stdout)["code"] == "CLIENT_ERROR"


def test_wrong_usage_is_exit_code_two(command: Command) -> None:
    assert command("ask").returncode == 2
    assert command("documents", "colour").returncode == 2


def test_global_options_may_stand_anywhere(signed_in: Command, service: Service) -> None:
    assert json.loads(signed_in("whoami", "--json").stdout)["username"] == "ann"
    assert signed_in("whoami", f"--url={service.base_url}", url="http://127.0.0.1:9").returncode == 0


def test_the_version_is_shown_without_a_service(command: Command) -> None:
    assert command("--version", url="http://127.0.0.1:9").stdout.startswith("voicehelper 0.")


def test_a_base_may_have_any_name(signed_in: Command, service: Service, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text")
    for name in ("HR 制度", "HR-2026"):
        assert signed_in("base", "create", name).returncode == 0
    assert signed_in("upload", str(tmp_path / "a.md"), "--base", "差旅").returncode == 0

    names = [base.name for base in service.bases]

    assert [base.display_name for base in service.bases] == ["HR 制度", "HR-2026", "差旅"]
    assert all(re.fullmatch("[a-z0-9_]{1,64}", name) for name in names)
    assert signed_in("ask", "How long?", "--base", "hr  制度").returncode == 0
    assert "HR 制度" in signed_in("base", "list").stdout


def test_a_source_of_the_last_answer_can_be_opened(signed_in: Command) -> None:
    signed_in("base", "create", "default")
    assert signed_in("open").returncode == 4
    signed_in("ask", "the warranty")

    assert signed_in("open", "1").stdout == "http://x/file#page=12\n"
    assert signed_in("open", "3").stderr == "The last answer has no source [3].\n→ voicehelper ask QUESTION\n"


def test_a_refusal_shows_what_is_nearest_and_is_told_apart_on_request(signed_in: Command) -> None:
    signed_in("base", "create", "default")

    result = signed_in("ask", "something unknown", "--strict")

    assert result.returncode == 7
    assert result.stdout.splitlines()[3:6] == [
        "The nearest passages:", "(1) [draft] manual.pdf", "    “Something else.”",
    ]  # fmt: skip
    assert signed_in("ask", "something unknown").returncode == 0


def test_an_answer_without_a_model_or_the_search_engine_says_without_which(signed_in: Command) -> None:
    signed_in("base", "create", "default")
    model, engine, both = (
        signed_in("ask", f"{what} away").stdout for what in ("the model is", "the engine is", "model and engine are")
    )

    assert ["A model is unavailable" in output for output in (model, engine, both)] == [True, False, True]
    assert ["The search engine is unavailable" in output for output in (model, engine, both)] == [False, True, True]


@pytest.mark.parametrize("locale", ["C", "en_US.ISO-8859-1"])
def test_any_locale_takes_any_question(signed_in: Command, service: Service, locale: str, tmp_path: Path) -> None:
    signed_in("base", "create", "default")
    env = os.environ | {
        "XDG_CONFIG_HOME": str(tmp_path / "config"), "VOICEHELPER_URL": service.base_url, "LC_ALL": locale,
        "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
    }  # fmt: skip
    for question in ("保修多久？".encode(), b"\xff\xfe \xed\xa0\x80"):
        arguments = [sys.executable.encode(), b"-c", ENTRY.encode(), b"ask", question]
        result = subprocess.run(arguments, env=env, capture_output=True, timeout=60, check=False)

        assert result.returncode == 0, result.stderr.decode()
        assert b"Traceback" not in result.stderr
    assert json.loads(service.posted("/rag/query")[0])["query"] == "保修多久？"


def test_a_failure_of_the_service_names_its_reference(signed_in: Command, service: Service) -> None:
    service.forced["GET /users/me"] = (500, problem("INTERNAL_ERROR", "Internal error"))

    assert "→ When you report this, name the reference req-1" in signed_in("whoami").stderr


def test_a_wrong_password_does_not_suggest_what_was_typed(command: Command, service: Service) -> None:
    service.forced["POST /auth/login"] = (401, problem("INVALID_CREDENTIALS", "wrong password"))

    assert command("login", "a@example.com").stderr == "wrong password\n"


def test_a_place_that_cannot_be_written_is_no_stack_trace(command: Command, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file")

    result = command("login", "a@example.com")

    assert result.returncode == 1
    assert has_no_stack_trace(result)


def test_a_diagnosis_names_the_stage_that_lost_the_evidence(signed_in: Command, service: Service) -> None:
    signed_in("base", "create", "manuals")

    result = signed_in("diagnose", "manuals", "lost?", "--expect", " 24 months ", "--document", "manual.pdf")

    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        "The evidence was lost at fusion:",
        "  chunking                 2 of the chunks hold it",
        "  fusion            0.500  [kept]",
        "→ Raise top_k.",
    ]
    body = json.loads(service.posted("/rag/diagnose")[0])
    assert body["expected"] == {"text": "24 months", "filename": "manual.pdf"}


def test_a_diagnosis_names_a_document_by_its_id_and_is_printed_as_json(signed_in: Command, service: Service) -> None:
    signed_in("base", "create", "manuals")

    result = signed_in("diagnose", "manuals", "How long?", "-d", "doc-7", "--json")

    assert json.loads(result.stdout)["found"] is True
    assert json.loads(service.posted("/rag/diagnose")[0])["expected"] == {"document_id": "doc-7"}


def test_a_diagnosis_without_an_expectation_says_what_is_missing(signed_in: Command, service: Service) -> None:
    result = signed_in("diagnose", "manuals", "How long?")

    assert result.returncode == 2
    assert result.stderr.startswith("Name the text or the document that you expect.\n→ voicehelper diagnose")
    assert service.posted("/rag/diagnose") == []


def write_lines(path: Path, *questions: Mapping[str, object]) -> str:
    path.write_text("".join(json.dumps(question) + "\n" for question in questions), "utf-8")
    return str(path)


def test_an_evaluation_scores_the_passages_and_the_answers_of_a_file(
    signed_in: Command, service: Service, tmp_path: Path
) -> None:
    signed_in("base", "create", "manuals")
    file = write_lines(
        tmp_path / "q.jsonl",
        {"question": "How long?", "expected_text": "24 months"},
        {"question": "unknown thing", "answerable": False},
        {"question": "unknown warranty", "document": "[draft] manual.pdf", "page": 12},
    )

    report = json.loads(signed_in("eval", file, "--base", "manuals", "--json", "--top-k", "1").stdout)

    figures = report["figures"]
    assert (figures["questions"], figures["right"]) == (3, 2)
    assert (figures["recall@1"], figures["mrr@10"]) == (0.0, 0.5)
    assert (figures["answers_with_expected_text"], figures["false_refusals"], figures["false_answers"]) == (1.0, 1, 0)
    assert [(result["line"], result["right"], result["rank"]) for result in report["results"]] == [
        (1, True, 2), (2, True, None), (3, False, 2),
    ]  # fmt: skip
    assert all(json.loads(body)["use_cache"] is False for body in service.posted("/rag/query"))


def test_a_second_evaluation_tells_which_questions_changed(
    signed_in: Command, service: Service, tmp_path: Path
) -> None:
    signed_in("base", "create", "manuals")
    file = tmp_path / "q.jsonl"
    known, wrong = {"question": "How long?", "expected_text": "24 months"}, {"question": "New?", "expected_text": "9"}
    first = signed_in("eval", write_lines(file, known, wrong), "-b", "manuals")

    second = signed_in("eval", write_lines(file, known | {"expected_text": "36"}, wrong), "-b", "manuals")
    third = signed_in("eval", write_lines(file, known, wrong | {"expected_text": "24"}), "-b", "manuals")

    assert "now" not in first.stdout
    assert second.stdout.splitlines()[-1] == "- now wrong: How long?"
    assert third.stdout.splitlines()[-2:] == ["+ now right: How long?", "+ now right: New?"]
    assert json.loads((tmp_path / "q.last.json").read_text("utf-8"))["manuals"]["right"] == {
        "How long?": True,
        "New?": True,
    }


@pytest.mark.parametrize("record", ["{", "[]", '{"manuals": 5}', '{"manuals": {"right": []}}', "\udcff"])
def test_a_damaged_record_of_the_last_run_is_no_run(signed_in: Command, tmp_path: Path, record: str) -> None:
    signed_in("base", "create", "manuals")
    (tmp_path / "q.last.json").write_bytes(record.encode("utf-8", "surrogateescape"))

    result = signed_in("eval", write_lines(tmp_path / "q.jsonl", {"question": "How long?"}), "-b", "manuals")

    assert (result.returncode, has_no_stack_trace(result)) == (0, True)


def test_a_question_that_the_service_refuses_is_an_error_of_its_line_alone(
    signed_in: Command, service: Service, tmp_path: Path
) -> None:
    signed_in("base", "create", "manuals")
    service.forced["POST /retrieval"] = (500, problem("INTERNAL_ERROR", "broken"))
    file = write_lines(tmp_path / "q.jsonl", {"question": "a", "expected_text": "b"}, {"question": "c"})

    result = signed_in("eval", file, "-b", "manuals")

    assert result.returncode == 0
    assert "Line 1 could not be asked: broken" in result.stdout
    assert re.search(r"^errors +1$", result.stdout, re.MULTILINE)


def test_bad_lines_are_named_before_anything_is_asked(signed_in: Command, service: Service, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"question": "a"}\n{"question": \n', "utf-8")

    result = signed_in("eval", str(tmp_path / "q.jsonl"))

    assert result.returncode == 2
    assert result.stderr.startswith("Line 2: not valid JSON")
    assert has_no_stack_trace(result)
    assert service.posted("/rag/query") == []
