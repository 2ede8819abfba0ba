"""Words and signs around the numbers of a calculation: operators, scales, functions, units; data of ``scan``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# In Chinese, where words are not separated, longer ones come first.
CHINESE_OPERATORS: Final = {
    "乘以": "*", "除以": "/", "加上": "+", "减去": "-", "減去": "-",
    "乘": "*", "加": "+", "减": "-", "減": "-", "的": "of",
}  # fmt: skip
# Units that begin like an operator or a scale.
CHINESE_UNITS: Final = (
    "加仑", "加元", "加币", "乘客", "乘次", "千克", "千米", "千瓦", "千卡", "千字", "千兆",
    "千伏", "千帕", "千焦", "百分点",
)  # fmt: skip
ENGLISH_OPERATORS: Final = {
    "x": "*", "times": "*", "plus": "+", "minus": "-", "mod": "mod", "of": "of", "multiplied by": "*",
    "divided by": "/", "over": "/",
}  # fmt: skip
CHINESE_SCALES: Final = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "千": 1000, "百": 100, "十": 10}
ENGLISH_SCALES: Final = {
    "dozen": 12, "hundred": 100, "thousand": 1000, "k": 1000, "million": 10**6, "mn": 10**6, "mio": 10**6,
    "billion": 10**9, "bn": 10**9, "trillion": 10**12, "tn": 10**12, "lakh": 10**5, "crore": 10**7,
}  # fmt: skip
# Letters that are a scale in upper case, or behind a currency.
SHORT_SCALES: Final = {"m": 10**6, "b": 10**9}

SUPERSCRIPTS: Final = {"²": 2, "³": 3}
# What acts on the number before it.
PERCENT_WORDS: Final = {
    "percentage points": 100, "percent": 100, "per cent": 100, "pct": 100, "basis points": 10_000, "bps": 10_000,
}  # fmt: skip
POWER_WORDS: Final = {"squared": 2, "cubed": 3, "平方": 2, "立方": 3}
# Units that make a factor of a number, and what it is divided by: "9 折" and "85 折", "三成", "3 倍".
FACTOR_UNITS: Final = {"折": 10, "成": 10, "倍": 1}

FUNCTION_NAMES: Final[Mapping[str, str]] = {
    "average": "mean", "avg": "mean", "ceiling": "ceil", "power": "pow", "求和": "sum", "总和": "sum", "平均值": "mean",
    "平均": "mean", "最大值": "max", "最小值": "min", "绝对值": "abs", "开方": "sqrt", "四舍五入": "round",
    "中位数": "median",
}  # fmt: skip

# What may precede a number and changes nothing.
PREFIX_WORDS: Final = frozenset(
    {"about", "approximately", "approx", "around", "roughly", "约", "大约", "约合", "共", "合计"}
)
ASKING: Final = (
    "what is", "what's", "how much is", "calculate", "compute", "evaluate", "计算一下", "请计算", "计算", "算一下",
)  # fmt: skip
ENDINGS: Final = ("等于多少", "是多少", "等于几", "等于", "equals")

# Currencies and the measures that cannot be added to one another, by the name that a message shows.
_CURRENCIES: Final = {
    "CNY": "¥ 元 圆 块 块钱 人民币 rmb cny yuan",
    "USD": "$ us$ usd dollar dollars 美元 美金",
    "EUR": "€ eur euro euros 欧元",
    "GBP": "£ gbp 英镑",
    "HKD": "hk$ hkd 港元 港币",
    "JPY": "jpy yen 日元 円",
    "CAD": "c$ cad 加元 加币",
}
_MEASURES: Final = {
    "s": "s sec secs second seconds 秒 秒钟",
    "min": "min mins minute minutes 分钟",
    "h": "h hr hrs hour hours 小时 个小时 钟头",
    "d": "d day days 天 日",
    "week": "week weeks 周 星期",
    "month": "month months 月 个月",
    "year": "year years yr yrs 年",
    "g": "g gram grams 克",
    "kg": "kg kgs kilogram kilograms 千克 公斤",
    "t": "t tonne tonnes 吨",
    "mg": "mg 毫克",
    "mm": "mm 毫米",
    "mile": "mile miles 英里",
    "ft": "ft foot feet 英尺",
    "lb": "lb lbs 磅",
    "l": "l litre litres liter liters 升",
    "ml": "ml 毫升",
    "kB": "kb",
    "MB": "mb",
    "GB": "gb",
    "TB": "tb",
    "m": "m metre metres meter meters 米",
    "km": "km kilometre kilometres kilometer kilometers 千米 公里",
    "cm": "cm centimetre centimetres centimeter centimeters 厘米",
}
CURRENCIES: Final = {word: name for name, words in _CURRENCIES.items() for word in words.split()}
UNITS: Final = CURRENCIES | {word: name for name, words in _MEASURES.items() for word in words.split()}
