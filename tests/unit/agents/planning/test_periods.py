"""Years, and amounts that look like years."""

from __future__ import annotations

import pytest
from voicehelper.agents.planning.periods import periods, plain


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Costs in 2012 were 2015 thousand euros.", ["2012"]),
        ("The site had 1998 employees in 2016.", ["2016"]),
        ("1975 dollars were paid in 2017", ["2017"]),
        ("It used 2050 kWh in 2018", ["2018"]),
        ("2011 年售出 2040 套", ["2011 年"]),
        ("2013 年用电 1987 千瓦时", ["2013 年"]),
        ("2019 公司收入", ["2019"]),
        ("2019 美国收入", ["2019"]),
        ("Sales 2014, 2015 and 2016", ["2014", "2015", "2016"]),
    ],
)
def test_an_amount_that_looks_like_a_year_is_none(text: str, named: list[str]) -> None:
    assert [period.text for period in periods(plain(text))] == named
