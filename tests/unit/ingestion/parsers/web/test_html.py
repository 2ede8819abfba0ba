from __future__ import annotations

import pytest
from voicehelper.ingestion.parse import parse_document

from tests.unit.ingestion.parsers.web.pages import read
from tests.unit.ingestion.samples import block_with, texts


def test_a_page_is_read_without_menus_scripts_and_hidden_text() -> None:
    page = """<html><head><style>.off{display:none}</style></head><body><nav>Menu</nav><div class="sidebar">Ads</div>
    <main><h1>Rules</h1><p>Leave is <b>12</b> days.</p><p style="display:none">secret</p><p class="off">gone</p>
    <h2>Rates</h2><table><tr><th rowspan=2>City</th><th colspan=2>Rate</th></tr><tr><td>low</td><td>high</td></tr>
    <tr><td>Bonn</td><td>80</td><td>95</td></tr></table><script>var x = 1</script></main>
    <footer>(c)</footer></body></html>"""
    parsed = parse_document(page.encode(), "rules.html")
    everything = "\n".join(texts(parsed))

    assert not [word for word in ("Menu", "Ads", "secret", "gone", "var x", "(c)") if word in everything]
    assert block_with(parsed, "Bonn").heading_path == ("Rules", "Rates")
    assert "City: Bonn | Rate low: 80 | Rate high: 95" in block_with(parsed, "Bonn").text


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("<dl><dt>Weight<dd>4 kg<dt>Tint<dt>Finish<dd>red<dd>matt</dl>",
         ["Weight: 4 kg", "Tint / Finish: red", "Tint / Finish: matt"]),
        ("<dl><div><dt><p>Voltage:</p></dt><dd><ul><li>230 V<li>110 V</ul></dd></div><dt>Alone</dl>",
         ["- Voltage: 230 V", "- Voltage: 110 V", "Alone"]),
        ("<dl><dt>Fees<dd><table><tr><th>A<th>B<tr><td>1<td>2</table></dl>", ["Fees", "A: 1 | B: 2"]),
        ("<ol start=3><li>Close it<ul><li>slowly<li>fully</ul><li>Drain</ol>",
         ["3. Close it", "- Close it: slowly", "- Close it: fully", "4. Drain"]),
        ("<ul><li>上午<ol><li>电梯<li value=7>喷泉</ol></ul>", ["- 上午", "1. 上午：电梯", "7. 上午：喷泉"]),
        ("<details><summary>May I cancel?</summary><p>Yes, for 14 days.<p>Write to us.</details>",
         ["May I cancel? Yes, for 14 days.", "Write to us."]),
        ("<details><summary>Empty</summary></details>", ["Empty"]),
        (f"<details><summary>{'long label ' * 10}</summary><ul><li>a</ul></details>",
         [("long label " * 10).strip(), "- a"]),
        ("Room 4<br>Time 5<br><br>Bring keys", ["Room 4\nTime 5", "Bring keys"]),
    ],
)  # fmt: skip
def test_what_stands_below_a_label_names_it(source: str, lines: list[str]) -> None:
    assert read(source) == lines


def test_a_page_is_read_in_its_own_encoding_whatever_it_declares() -> None:
    for encoding, declared in (("cp1251", "utf-8"), ("utf-8", "iso-8859-1"), ("gb18030", ""), ("cp1251", "cp1251")):
        text = "弹簧垫圈 45 件" if encoding == "gb18030" else "Ключ у вахтёра"
        content = f'<html><meta charset="{declared}"><body><p>{text}</p></body></html>'.encode(encoding)

        assert texts(parse_document(content, "a.html")) == [text]
