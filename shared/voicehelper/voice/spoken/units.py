"""Units as they are said: ``UNITS``, by the symbol as it is written; and the currencies."""

from __future__ import annotations

from typing import Final, NamedTuple


class Unit(NamedTuple):
    zh: str
    one: str
    many: str


def _unit(zh: str, one: str, many: str = "") -> Unit:
    return Unit(zh, one, many or f"{one}s")


UNITS: Final[dict[str, Unit]] = {
    "km/h": _unit("公里每小时", "kilometer per hour", "kilometers per hour"),
    "m/s": _unit("米每秒", "meter per second", "meters per second"),
    "m³/h": _unit("立方米每小时", "cubic meter per hour", "cubic meters per hour"),
    "m3/h": _unit("立方米每小时", "cubic meter per hour", "cubic meters per hour"),
    "L/min": _unit("升每分钟", "liter per minute", "liters per minute"),
    "r/min": _unit("转每分钟", "revolution per minute", "revolutions per minute"),
    "rpm": _unit("转每分钟", "revolution per minute", "revolutions per minute"),
    "kg/m³": _unit("千克每立方米", "kilogram per cubic meter", "kilograms per cubic meter"),
    "mg/L": _unit("毫克每升", "milligram per liter", "milligrams per liter"),
    "Mbps": _unit("兆比特每秒", "megabit per second", "megabits per second"),
    "Gbps": _unit("吉比特每秒", "gigabit per second", "gigabits per second"),
    "N·m": _unit("牛米", "newton meter"),
    "kWh": _unit("千瓦时", "kilowatt hour"),
    "MWh": _unit("兆瓦时", "megawatt hour"),
    "mAh": _unit("毫安时", "milliampere hour"),
    "MPa": _unit("兆帕", "megapascal"),
    "kPa": _unit("千帕", "kilopascal"),
    "hPa": _unit("百帕", "hectopascal"),
    "Pa": _unit("帕", "pascal"),
    "bar": _unit("巴", "bar", "bar"),
    "psi": _unit("磅每平方英寸", "pound per square inch", "pounds per square inch"),
    "km²": _unit("平方公里", "square kilometer"),
    "cm²": _unit("平方厘米", "square centimeter"),
    "mm²": _unit("平方毫米", "square millimeter"),
    "m²": _unit("平方米", "square meter"),
    "㎡": _unit("平方米", "square meter"),
    "cm³": _unit("立方厘米", "cubic centimeter"),
    "m³": _unit("立方米", "cubic meter"),
    "km": _unit("公里", "kilometer"),
    "cm": _unit("厘米", "centimeter"),
    "mm": _unit("毫米", "millimeter"),
    "μm": _unit("微米", "micrometer"),
    "µm": _unit("微米", "micrometer"),
    "nm": _unit("纳米", "nanometer"),
    "kg": _unit("千克", "kilogram"),
    "mg": _unit("毫克", "milligram"),
    "μg": _unit("微克", "microgram"),
    "mL": _unit("毫升", "milliliter"),
    "ml": _unit("毫升", "milliliter"),
    "kW": _unit("千瓦", "kilowatt"),
    "MW": _unit("兆瓦", "megawatt"),
    "kV": _unit("千伏", "kilovolt"),
    "mV": _unit("毫伏", "millivolt"),
    "mA": _unit("毫安", "milliampere"),
    "kHz": _unit("千赫兹", "kilohertz", "kilohertz"),
    "MHz": _unit("兆赫兹", "megahertz", "megahertz"),
    "GHz": _unit("吉赫兹", "gigahertz", "gigahertz"),
    "Hz": _unit("赫兹", "hertz", "hertz"),
    "dB": _unit("分贝", "decibel"),
    "kB": _unit("千字节", "kilobyte"),
    "KB": _unit("千字节", "kilobyte"),
    "MB": _unit("兆字节", "megabyte"),
    "GB": _unit("吉字节", "gigabyte"),
    "TB": _unit("太字节", "terabyte"),
    "kΩ": _unit("千欧", "kilohm"),
    "MΩ": _unit("兆欧", "megohm"),
    "Ω": _unit("欧姆", "ohm"),
    "ms": _unit("毫秒", "millisecond"),
    "min": _unit("分钟", "minute"),
    "°C": _unit("摄氏度", "degree Celsius", "degrees Celsius"),
    "℃": _unit("摄氏度", "degree Celsius", "degrees Celsius"),
    "°F": _unit("华氏度", "degree Fahrenheit", "degrees Fahrenheit"),
    "℉": _unit("华氏度", "degree Fahrenheit", "degrees Fahrenheit"),
    "°": _unit("度", "degree"),
    "ppm": _unit("百万分之一", "part per million", "parts per million"),
    "kJ": _unit("千焦", "kilojoule"),
    "Nm": _unit("牛米", "newton meter"),
    "kN": _unit("千牛", "kilonewton"),
    "m": _unit("米", "meter"),
    "g": _unit("克", "gram"),
    "t": _unit("吨", "ton"),
    "L": _unit("升", "liter"),
    "W": _unit("瓦", "watt"),
    "V": _unit("伏", "volt"),
    "A": _unit("安", "ampere"),
    "N": _unit("牛", "newton"),
    "s": _unit("秒", "second"),
    "h": _unit("小时", "hour"),
    "d": _unit("天", "day"),
}


class Currency(NamedTuple):
    zh: str
    one: str
    many: str
    cent: str


CURRENCIES: Final = {
    "$": Currency("美元", "dollar", "dollars", "cent"),
    "US$": Currency("美元", "US dollar", "US dollars", "cent"),
    "USD": Currency("美元", "US dollar", "US dollars", "cent"),
    "€": Currency("欧元", "euro", "euros", "cent"),
    "EUR": Currency("欧元", "euro", "euros", "cent"),
    "£": Currency("英镑", "pound", "pounds", ""),
    "GBP": Currency("英镑", "British pound", "British pounds", ""),
    "¥": Currency("元", "yuan", "yuan", ""),
    "￥": Currency("元", "yuan", "yuan", ""),
    "CNY": Currency("元", "yuan", "yuan", ""),
    "RMB": Currency("元", "yuan", "yuan", ""),
    "HK$": Currency("港元", "Hong Kong dollar", "Hong Kong dollars", "cent"),
    "HKD": Currency("港元", "Hong Kong dollar", "Hong Kong dollars", "cent"),
    "JPY": Currency("日元", "yen", "yen", ""),
}
