from __future__ import annotations

import pytest

from tests.unit.ingestion.parsers.web.pages import page, read
from tests.unit.ingestion.samples import texts


@pytest.mark.parametrize(
    ("opening", "text"),
    [
        ('<div class="market-share">', "In Austria it was 12 % last year."),
        ('<div id="share">', "30 % of the capital"),
        ('<section id="cookie-policy">', "Login cookies end after one hour."),
        ('<div class="cookies">', "A box of 200 cookies costs 9 euros."),
        ('<div class="menu lunch">', "Goulash 11.50"),
        ('<div id="search-syntax">', "Put exact words in quotes."),
        ('<div class="social">', "社保缴费比例为百分之八。"),
        ('<div class="sidebar">', "Night porter: extension 4471"),
        ('<div class="footer-valve">', "Turn it a quarter to the left."),
        ('<div class="toc">', "TOC means total organic carbon: 4 mg/l."),
        ('<nav class="intro">', "This part describes how to enter the hall."),
    ],
)
def test_a_name_alone_makes_no_furniture(opening: str, text: str) -> None:
    end = f"</{opening[1:].split(' ')[0]}>"
    parsed = page(f"<h1>Site</h1><p>First.</p>{opening}<h2>Part</h2><p>{text}</p>{end}<p>Last.</p>")

    assert texts(parsed) == ["Site", "First.", "Part", text, "Last."]
    assert parsed.warnings == ()


LINKS = "".join(f'<li><a href="/{name}">{name} department</a></li>' for name in ("sales", "service", "spare parts"))


@pytest.mark.parametrize(
    "furniture",
    [
        f"<nav><ul>{LINKS}</ul></nav>",
        "<nav>Home | News | Log in</nav>",
        f'<div class="sidebar"><h3>See also</h3><ul>{LINKS}</ul></div>',
        f"<aside><h3>Related</h3><ul>{LINKS}</ul></aside>",
        '<div class="breadcrumb"><a href="/">Start</a> &gt; <a href="/p">Pumps</a></div>',
        '<div class="share"><b>Share</b> <a href="https://a.example">Chat</a> <a href="/b">Mail it</a></div>',
        '<div id="cookie-banner">We use cookies, as described in our terms. <button>OK</button></div>',
        '<div class="cc cookieconsent"><p>本网站使用 Cookie。</p><a href="#" role="button">同意</a></div>',
        '<form role="search"><label>Find in all pages</label><input name="q"><button>Go</button></form>',
        "<footer>© 2031 Example Ltd. All rights reserved.</footer>",
        "<header><div>Example Ltd</div></header>",
    ],
)
def test_parts_of_the_site_are_left_out_with_a_warning(furniture: str) -> None:
    parsed = page(f"{furniture}<p>The hall opens at seven.</p>")

    assert texts(parsed) == ["The hall opens at seven."]
    assert parsed.warnings == ("page_furniture_left_out",)


def test_links_with_figures_beside_them_are_content() -> None:
    dishes = '<li><a href="/1">Soup of the day</a> 4.50</li><li><a href="/2">Goulash</a> 11.50</li>'

    assert read(f'<p>Lunch</p><ul class="menu">{dishes}</ul>') == ["Lunch", "- Soup of the day 4.50", "- Goulash 11.50"]


def test_a_page_of_links_alone_is_read() -> None:
    parsed = page(f"<nav><ul>{LINKS}</ul></nav>")

    assert texts(parsed)[-1] == "- spare parts department"
    assert parsed.warnings == ()


def test_parts_of_an_article_stay() -> None:
    article = """<article><header><p>In force since May</p></header><h1>Hall</h1><p>Wear shoes.</p>
    <aside>Caution: wet floor</aside><footer>Warden: 0664 123</footer></article>"""

    assert read(article) == ["In force since May", "Hall", "Wear shoes.", "Caution: wet floor", "Warden: 0664 123"]


def test_what_stands_beside_the_main_part_stays_if_it_tells_something() -> None:
    main = "<main><h2>Rules</h2><p>" + "Shoes are worn in the hall. " * 5 + "</p></main>"
    parsed = page(f"<h1>Hall</h1><div><a href='/'>Start</a></div>{main}<div>Open 7 to 22, closed on 24 December</div>")

    assert texts(parsed)[0] == "Hall"
    assert texts(parsed)[-1] == "Open 7 to 22, closed on 24 December"
    assert "Start" not in "".join(texts(parsed))


def test_telephone_numbers_and_addresses_are_no_menu() -> None:
    links = '<a href="tel:+43664">+43 664 123</a>, <a href="mailto:w@example.com">w@example.com</a>'

    assert read(f"<p>Text.</p><footer>Warden: {links}</footer>") == ["Text.", "Warden: +43 664 123, w@example.com"]
