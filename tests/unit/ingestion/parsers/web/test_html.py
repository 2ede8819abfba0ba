from __future__ import annotations

from voicehelper.ingestion.parse import parse_document

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
