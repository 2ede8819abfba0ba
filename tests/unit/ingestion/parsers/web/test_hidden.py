from __future__ import annotations

import pytest

from tests.unit.ingestion.parsers.web.pages import page, read
from tests.unit.ingestion.samples import texts

ANSWER = "The deposit is 80 euros."


@pytest.mark.parametrize(
    ("hidden", "style"),
    [
        (f"<p hidden>{ANSWER}</p>", ""),
        (f'<p style="display: none">{ANSWER}</p>', ""),
        (f'<p style="visibility:hidden">{ANSWER}</p>', ""),
        (f'<p aria-hidden="true">{ANSWER}</p>', ""),
        (f'<p class="off">{ANSWER}</p>', ".off, .out { display: none }"),
        (f'<p id="off">{ANSWER}</p>', "@media screen { p#off { display: none } }"),
        (f"<dialog>{ANSWER}</dialog><p hidden>and more of that</p>", ""),
    ],
)
def test_hidden_text_is_left_out_with_a_warning(hidden: str, style: str) -> None:
    parsed = page(f"<p>Shown.</p>{hidden}", style)

    assert texts(parsed) == ["Shown."]
    assert parsed.warnings == ("hidden_text_left_out",)


@pytest.mark.parametrize(
    ("body", "style"),
    [
        (f"<details><summary>Deposit?</summary>{ANSWER}</details>", ""),
        (f'<button aria-expanded="false" aria-controls="a">Deposit?</button><hr><p id="a" hidden>{ANSWER}</p>', ""),
        (f'<h3><button>Deposit?</button></h3><div aria-hidden="true">{ANSWER}</div>', ""),
        (f'<div onclick="show(\'a\')">Deposit?</div><hr><div id="a" style="display:none">{ANSWER}</div>', ""),
        (f'<p class="q">Deposit?</p><p class="a">{ANSWER}</p>', ".a{display:none} .q.open + .a{display:block}"),
        (f'<p>Deposit?</p><p class="a">{ANSWER}</p><script>$(".a").slideToggle()</script>', ".a{display:none}"),
        (f'<a data-toggle="collapse" href="#a">Deposit?</a><hr><div id="a" class="x" hidden>{ANSWER}</div>', ""),
        (f'<label for="b">Deposit?</label><input id="b" type="checkbox"><div class="a">{ANSWER}</div>',
         ".a{display:none} input:checked ~ .a{display:block}"),
        (f'<button class="q">Deposit?</button><div class="panel" style="display:none">{ANSWER}</div>', ""),
        (f'<div><button>Deposit?</button></div><div class="a">{ANSWER}</div>', ".a{visibility:hidden}"),
        (f'<h3>Deposit?</h3><div class="accordion-collapse collapse" style="display:none">{ANSWER}</div>', ""),
        (f'<a role="tab" href="#a">Deposit?</a><br><div role="tabpanel" id="a" hidden>{ANSWER}</div>', ""),
        (f'<p>Deposit?</p><div hidden="until-found">{ANSWER}</div>', ""),
    ],
)  # fmt: skip
def test_what_a_reader_can_open_is_read_with_its_label(body: str, style: str) -> None:
    parsed = page(body, style)
    everything = " ".join(texts(parsed))

    assert "Deposit?" in everything
    assert ANSWER in everything
    assert parsed.warnings == ()


def test_a_menu_that_opens_is_still_a_menu() -> None:
    links = "".join(f'<li><a href="/{number}">Department {number}</a></li>' for number in range(5))

    assert read(f'<button aria-expanded="false">All</button><ul hidden>{links}</ul><p>Text.</p>') == ["All", "Text."]


def test_buttons_that_open_nothing_are_no_text() -> None:
    assert read("<p>Text.</p><button>Print</button>") == ["Text."]
