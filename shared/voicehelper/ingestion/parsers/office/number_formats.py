"""Shows stored numbers as a spreadsheet, a chart or a pivot table shows them: "0.34" under "0%" reads "34%".

Entry functions: ``formatted`` and ``shown_number`` for numbers, ``formatted_text`` for text;
called by ``xlsx``, ``xls`` and ``charts``.
Own code: the one library for it, ssf, had its last release in 2020 and brings Babel, PyYAML and six more packages.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from itertools import takewhile

from voicehelper.ingestion.parsers.office.date_formats import formatted_date
from voicehelper.ingestion.parsers.office.format_codes import Section, Token, sections

# Codes of the ids that files may use without declaring them; 14 and 22 follow the reader's country: here ISO dates.
BUILT_IN_CODES = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "$#,##0;($#,##0)", 6: "$#,##0;($#,##0)",
    7: "$#,##0.00;($#,##0.00)", 8: "$#,##0.00;($#,##0.00)", 9: "0%", 10: "0.00%",
    11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "yyyy-mm-dd",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy-mm-dd hh:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "yyyy-mm-dd",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 41: "#,##0;-#,##0;-", 42: "$#,##0;($#,##0);-",
    43: "#,##0.00;-#,##0.00;-", 44: "$#,##0.00;($#,##0.00);-", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    48: "##0.0E+0", 49: "@", 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"', 55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
_EXACT = Context(prec=700, rounding=ROUND_HALF_UP)  # any float with any number of decimals a format can ask for
_SPACES = re.compile(r"\s+")


def formatted(value: float, code: str, *, is_1904: bool = False) -> str:
    """Without padding. A number whose format shows nothing, ";;;", reads as if it had none: it is in the file."""
    if not math.isfinite(value):
        return str(value)
    choices = sections(code)
    section, magnitude = _choice(choices, value)
    if section is None:
        return plain_number(value)
    shown = _SPACES.sub(" ", _shown(section, magnitude, is_1904=is_1904)).strip()
    return shown or ("" if value == 0 else plain_number(value))


def formatted_text(text: str, code: str) -> str:
    """Text goes through the fourth section or an "@" alone, as in '"No. "@'; other formats leave it as it is."""
    choices = sections(code) if "@" in code else ()
    section = next((choice for choice in choices if choice.kind == "text"), None)
    if section is None:
        return text
    return "".join(text if token.kind == "@" else token.text for token in section.tokens).strip()


def shown_number(text: str, code: str) -> str:
    """``text`` is a stored number, or a text that stays as it is; without ``code`` the number is plain."""
    value = parsed_number(text)
    if value is None:
        return text
    return formatted(value, code) if code else plain_number(value)


def parsed_number(text: str) -> float | None:
    """None for texts, infinity and what is no number."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def plain_number(value: float) -> str:
    """As the format General shows it: whole numbers in full, others with the ten digits a cell shows at most."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10g}"


def _choice(choices: tuple[Section, ...], value: float) -> tuple[Section | None, float]:
    """The section for a number, and what of the number it shows: a section of their own takes the minus off."""
    numeric = [choice for choice in choices[:3] if choice.kind != "text" or len(choices) == 1]
    if any(choice.matches for choice in numeric):
        return _conditional_choice(numeric, value), value
    if value < 0 and len(numeric) > 1:
        return numeric[1], -value
    if value == 0 and len(numeric) > 2:
        return numeric[2], value
    return (numeric[0] if numeric else None), value


def _conditional_choice(choices: list[Section], value: float) -> Section | None:
    matching = (choice for choice in choices if choice.matches is None or choice.matches(value))
    return next(matching, None)


def _shown(section: Section, value: float, *, is_1904: bool) -> str:
    if section.kind == "date":
        date = formatted_date(section, value, is_1904=is_1904)
        return plain_number(value) if date is None else date
    if section.kind in ("general", "text"):
        kinds = ("general", "@")
        return "".join(plain_number(value) if token.kind in kinds else token.text for token in section.tokens)
    sign = "-" if value < 0 else ""
    exact = abs(Decimal(f"{value:.15g}"))
    shown = _fraction(section.tokens, exact) if section.kind == "fraction" else _number(section.tokens, exact)
    has_value = any(character in "123456789" for character in shown)
    return (sign if has_value else "") + shown


def _number(tokens: tuple[Token, ...], value: Decimal) -> str:
    digits = [at for at, token in enumerate(tokens) if token.kind == "digit"]
    if not digits:
        return "".join(token.text for token in tokens)
    value = value.scaleb(2 * sum(token.kind == "%" for token in tokens), _EXACT)
    exponent_at = next((at for at, token in enumerate(tokens) if token.kind == "exponent"), None)
    if exponent_at is not None:
        return _scientific(tokens, exponent_at, value)
    last = digits[-1]
    point = next((at for at, token in enumerate(tokens) if token.kind == "." and at < last + 2), None)
    whole_end = max((at for at in digits if point is None or at < point), default=-1)
    # Commas behind the last digit divide by a thousand each, before or after the decimals.
    value = value.scaleb(-3 * sum(_commas_behind(tokens, at) for at in {whole_end, last}), _EXACT)
    return _filled(tokens, value, point)


def _commas_behind(tokens: tuple[Token, ...], at: int) -> int:
    return len(list(takewhile(lambda token: token.kind == ",", tokens[at + 1 :]))) if at >= 0 else 0


def _filled(tokens: tuple[Token, ...], value: Decimal, point: int | None) -> str:
    """The digits of ``value`` in place of the placeholders, with whatever stands between them."""
    before = [at for at, token in enumerate(tokens) if token.kind == "digit" and (point is None or at < point)]
    after = [at for at, token in enumerate(tokens) if token.kind == "digit" and point is not None and at > point]
    rounded = f"{value.quantize(Decimal(1).scaleb(-len(after)), context=_EXACT):f}"
    whole, _, decimals = rounded.partition(".")
    grouped = any(tokens[at].kind == "," for at in range(before[0], before[-1])) if before else False
    places = {
        **_whole_places(tokens, before, whole.lstrip("0"), grouped=grouped),
        **_decimal_places(tokens, after, decimals),
    }
    if point is not None and not before:
        places[point] = whole.lstrip("0") + "."
    signs = {".": "." if after else "", ",": ""}
    return "".join(places.get(at, signs.get(token.kind, token.text)) for at, token in enumerate(tokens))


def _whole_places(tokens: tuple[Token, ...], at: list[int], digits: str, *, grouped: bool) -> dict[int, str]:
    """Placeholder → its digits, from the right; the first one takes those that are left over."""
    padding = ["" if tokens[place].text == "#" else tokens[place].text.replace("?", " ") for place in at]
    if len(digits) < len(at):
        shown = padding[: len(at) - len(digits)] + list(digits)
    else:
        extra = len(digits) - len(at) + 1
        shown = [digits[:extra], *digits[extra:]] if at else []
    # "00#": placeholders right of a zero show one as well.
    for place in range(1, len(shown)):
        shown[place] = shown[place] or ("0" if shown[place - 1].endswith("0") else "")
    return dict(zip(at, _with_separators(shown) if grouped else shown, strict=False))


def _with_separators(shown: list[str]) -> list[str]:
    remaining = sum(map(len, shown))
    grouped = []
    for text in shown:
        part = ""
        for character in text:
            part += character
            remaining -= 1
            part += "," if remaining and remaining % 3 == 0 and character != " " else ""
        grouped.append(part)
    return grouped


def _decimal_places(tokens: tuple[Token, ...], at: list[int], decimals: str) -> dict[int, str]:
    """ "#" leaves out zeros at the end."""
    kept = max((n + 1 for n, place in enumerate(at) if tokens[place].text != "#" or decimals[n:].strip("0")), default=0)
    return {place: (digit if n < kept else "") for n, (place, digit) in enumerate(zip(at, decimals, strict=True))}


def _scientific(tokens: tuple[Token, ...], exponent_at: int, value: Decimal) -> str:
    """As many digits before the point as placeholders, so the exponent of "##0.0E+0" is a multiple of three."""
    mantissa, sign, rest = tokens[:exponent_at], tokens[exponent_at].text, tokens[exponent_at + 1 :]
    point = next((at for at, token in enumerate(mantissa) if token.kind == "."), len(mantissa))
    step = max(sum(token.kind == "digit" for token in mantissa[:point]), 1)
    exponent = math.floor(value.adjusted() / step) * step if value else 0
    decimals = sum(token.kind == "digit" for token in mantissa[point:])
    scaled = value.scaleb(-exponent, _EXACT).quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    if scaled >= Decimal(10) ** step:
        exponent, scaled = exponent + step, scaled.scaleb(-step, _EXACT)
    shown = "-" if exponent < 0 else sign[1:].replace("-", "")
    width = len(list(takewhile(lambda token: token.kind == "digit", rest)))
    tail = "".join(token.text for token in rest[width:])
    return (
        f"{_filled(mantissa, scaled, point if point < len(mantissa) else None)}E{shown}{abs(exponent):0{width}d}{tail}"
    )


def _fraction(tokens: tuple[Token, ...], value: Decimal) -> str:
    """ "# ?/?" shows 1.25 as "1 1/4"; a number behind the stroke is the denominator, as in "# ?/8"."""
    code = "".join(token.text for token in tokens)
    over = re.fullmatch(
        r"(?P<whole>[#0?]{0,9})(?P<gap>[^\d#?]{0,3})(?P<top>[#0?]{1,9}) ?/ ?(?P<bottom>\d{1,9}|[#0?]{1,9})"
        r"(?P<tail>.{0,99})",
        code,
    )
    if over is None:
        return _EXACT.to_sci_string(value)
    exact = Fraction(value)
    whole = int(exact) if over["whole"] else 0
    part = _approximated(exact - whole, over["bottom"])
    if over["whole"] and part.numerator == part.denominator:
        whole, part = whole + 1, Fraction(0)
    return f"{_fraction_text(whole, part, over['bottom'])}{over['tail']}"


def _approximated(part: Fraction, bottom: str) -> Fraction:
    if bottom.strip("0#?"):
        denominator = int(bottom[:6])
        return Fraction(round(part * denominator), denominator)
    return part.limit_denominator(10 ** min(len(bottom), 6) - 1)


def _fraction_text(whole: int, part: Fraction, bottom: str) -> str:
    if not part:
        return str(whole)
    denominator = int(bottom[:6]) if bottom.strip("0#?") else part.denominator
    text = f"{part * denominator}/{denominator}"
    return f"{whole} {text}" if whole else text
