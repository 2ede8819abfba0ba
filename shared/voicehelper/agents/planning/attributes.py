"""What an adjective of a comparison measures: "heavier" a weight, "更贵" a price.

``attribute_of`` and ``ATTRIBUTES_ZH`` are the entries.
"""

from __future__ import annotations

from typing import Final

ATTRIBUTES_ZH: Final = {
    adjective: attribute
    for attribute, adjectives in {
        "价格": "贵 便宜",
        "重量": "重 轻",
        "长度": "长 短",
        "高度": "高 低 矮",
        "速度": "快 慢",
        "宽度": "宽 窄",
        "厚度": "厚 薄",
        "大小": "大 小",
        "时长": "久",
        "距离": "远 近",
        "数量": "多 少",
        "功耗": "省电",
        "寿命": "耐用",
    }.items()
    for adjective in adjectives.split()
}
_ATTRIBUTES_EN: Final = {
    adjective: attribute
    for attribute, adjectives in {
        "price": "expensive cheap dear pricey costly",
        "weight": "heavy heavi light",
        "length": "long short",
        "height": "tall high low",
        "speed": "fast slow quick",
        "width": "wide narrow",
        "thickness": "thick thin",
        "size": "big bigg large small",
        "noise level": "loud quiet",
        "age": "old young",
        "power": "power",
        "efficiency": "efficient",
        "strength": "strong",
        "depth": "deep",
        "temperature": "hot cold",
    }.items()
    for adjective in adjectives.split()
}


def attribute_of(adjective: str) -> str:
    """heavier → weight; empty for what names no attribute."""
    stem = adjective.lower()
    found = (_ATTRIBUTES_EN.get(stem.removesuffix(end)) for end in ("", "er", "r", "est"))
    return next(filter(None, found), "")
