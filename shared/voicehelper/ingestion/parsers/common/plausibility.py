"""How plausible a text is in the languages that an encoding is used for: what a wrong encoding makes is in none.

Entry function: ``surprise``, called by ``decoding`` for each encoding a file may have.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Final

# Costs are -log2 of rough probabilities. ASCII costs the same in every language, so that a few foreign words inside a
# long English file decide by themselves.
ASCII_COST: Final = 5.0
_CONTROL: Final = 20.0
_REPLACED: Final = 20.0
_UNASSIGNED: Final = 28.0
_FOREIGN_LETTER, _FOREIGN_SIGN = 17.0, 14.0
_BROKEN_WORD: Final = 8.0
_FULL_WIDTH: Final = 10.0  # letters and digits as wide as the characters around them, as in part numbers

# The most frequent characters decide between languages whose bytes overlap.
_COMMON_HANZI: Final = (
    "的一是不了在人有我他这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对"
    "小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情面最女但现前些所同日手又行意动方"
    "期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感见明问力理点文定本公月"
    "部项目件作业用户系统数据文件产品库存货号价格数量单位规格型号名称编码仓客供应商合同税电子机械工厂安全管"
    "保修期限请交付款项账发票备注地址联络密码办室员工司报销审批会议"
)
_COMMON_HANZI_TRADITIONAL: Final = (
    "的一是不了在人有我他這個上們來到時大地為子中你說生國年著就那和要她出也得裡後自以會家可下而過天去能對"
    "小多然於心學麼之都好看起發當沒成只如事把還用第樣道想作種開美總從無情面最女但現前些所同日手又行意動方"
    "期它頭經長兒回位分愛老因很給名法間斯知世什兩次使身者被高已親其進此話常與活正感見明問力理點文定本公月"
    "部項目件業用戶系統資料檔案產品庫存貨號價格數量單位規格型名稱編碼倉客供應商合約稅電子機械工廠安全管"
    "保固期限請交付款帳發票備註地址聯絡密碼辦室員工司報銷審批會議"
)
_COMMON_KANJI: Final = (
    "日本年月大国人中会出入上下時分行事者社員金品名番号数量価格在庫商部長一二三十用使電話東西口手小高場所作業管理必要保"
)

_COMMON_HANGUL: Final = (
    "이다는의에을가한고를하은로지기사도서자인대시어나리그수해과있아들으전일정제보여상만부스게었"
    "장주용니습않면원무실비소연안성오트조공관업우물품번호재입출고객구신청동라김박최강윤임한오권황송홍각월층년반매달육체교"
)
# Letters from the most to the least frequent.
_ALPHABETS: Final = {
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "uk": "оаинвіетрслкумдпзьябгйчхцїюєжшщфґ'",
    "bg": "аоиетнрсвлкдпмъзягбучщхцжшйюфьѝ",
    "sr": "аоиентсрјвкудпмлзгбшчцжхњћђљџф",
    "el": "αοιετσνηυρπκμλςίάγωόδέήθχφύβώξζψϊϋΐΰ",
    "he": "יוהלארתבשמנקםעדחפסטזגצכןךףץ",
    "ar": "اليمنورتبةعدسفهكقحجشطصخذزضغثءأإئىآظؤ",
    "th": "านรอกเงมยลวดทสตะปบคหแจพชขใไโผธซณภศฐฝฟถฉญฤษฆฎฏฑฒฬฮำิีึืุูั็่้๊๋์ๆฯ",
    "de": "üäößéèàï",
    "fr": "éèàêçôùûîâëïœæÿ",
    "es": "óíáéñúüºª",
    "pt": "ãçáéíõóêâúàô",
    "it": "èàùòìéî",
    "nordic": "åäöøæéü",
    "nl": "ëéïèüöê",
    "is": "ðáíþóéöæúý",
    "pl": "łęążśóćńź",
    "cs": "íáěéřýčžšůúťóňďĺľôäŕ",
    "hu": "éáőöóüíúű",
    "ro": "ăîâșțşţ",
    "hr": "čšžćđ",
    "tr": "ıi̇şüğçöâîû",
    "lt": "ėųšįžūąčęāīēģķļņõäöü",
}  # fmt: skip
_ALIEN_TO_LATIN: Final = frozenset({"ru", "uk", "bg", "sr", "el", "he", "ar", "th"})
_TYPOGRAPHY: Final = frozenset("‘’“”„«»–—…€£§°©®™•·±×²³µ½¼№¿¡ªº\u00a0\u00ad‚‹›")
_NEVER_BEFORE_LETTERS: Final = frozenset("©®™•±×²³½¼№£")
_FINAL_FORMS: Final = frozenset("ςךםןףץ")  # of letters at the end of words
_CJK_SIGNS: Final = frozenset("，。：；！？、（）《》“”‘’「」『』【】—…·％￥～＋－／＝　○●◎①②③④⑤⑥℃×°±㎡〇々ー〜・※→")


def surprise(text: str, languages: Iterable[str]) -> float:
    """Bits that the text takes in the likeliest of the languages: the fewer, the more plausible."""
    characters, pairs = Counter(text), Counter(pairwise(text))
    items = characters.items()
    broken = sum(count for pair, count in pairs.items() if _breaks_word(*pair)) * _BROKEN_WORD
    return broken + min(
        _SCRIPT_COST.get(language, 0.0) + sum(count * _cost(character, language) for character, count in items)
        for language in languages
    )


def _breaks_word(left: str, right: str) -> bool:
    """Capitals after small letters, letters of two scripts side by side, signs before small letters."""
    if (left < "\x80" and right < "\x80") or right > "\u2000":
        return False
    if left in _NEVER_BEFORE_LETTERS:
        return right.islower()
    if left.isalpha() and right.isdecimal():
        return left < "\u2000"
    if left in _FINAL_FORMS:
        return right.isalpha()
    if not (left.isalpha() and right.isalpha()):
        return False
    return (left.islower() and right.isupper()) or (_is_latin(left) != _is_latin(right))


def _is_latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter < "\u1f00"


@lru_cache(maxsize=50_000)
def _cost(character: str, language: str) -> float:
    if character < "\x80":
        return ASCII_COST if (character >= " " and character != "\x7f") or character in "\t\n\r\f\x1a\x1b" else _CONTROL
    if character == "\ufffd":
        return _REPLACED
    cost = _letter_cost(character, language)
    return cost if cost is not None else _other_cost(character, language)


def _letter_cost(character: str, language: str) -> float | None:
    if language in _EAST_ASIAN:
        return _EAST_ASIAN[language](character)
    rank = _ALPHABETS[language].find(character.lower())
    if rank < 0:
        return None
    base, step = (4.0, 0.12) if language in _ALIEN_TO_LATIN else (6.0, 0.2)
    return base + step * rank + (0.5 if character.isupper() else 0.0)


def _other_cost(character: str, language: str) -> float:
    category = unicodedata.category(character)
    if category in ("Cn", "Co", "Cs"):
        return _UNASSIGNED
    if category == "Cc":
        return _CONTROL
    if character in (_CJK_SIGNS if language in _EAST_ASIAN else _TYPOGRAPHY):
        return 9.0
    if language in _EAST_ASIAN and "\uff01" <= character <= "\uff5e":
        return _FULL_WIDTH
    if character > "\u2e80":
        return 24.0
    return _FOREIGN_LETTER if category.startswith("L") else _FOREIGN_SIGN


def _lead_byte(character: str, encoding: str) -> int:
    """The first of two bytes; 0 for what the encoding does not have, or has as one byte."""
    try:
        encoded = character.encode(encoding)
    except UnicodeError:
        return 0
    return encoded[0] if len(encoded) == 2 else 0


def _hans(character: str) -> float | None:
    if character in _COMMON_HANZI:
        return 9.0
    # The standards list everyday characters first.
    lead = _lead_byte(character, "gb2312")
    return 12.5 if 0xB0 <= lead <= 0xD7 else 17.0 if 0xD8 <= lead <= 0xF7 else None


def _hant(character: str) -> float | None:
    if character in _COMMON_HANZI_TRADITIONAL:
        return 9.0
    lead = _lead_byte(character, "big5")
    return 12.5 if 0xA4 <= lead <= 0xC6 else 18.0 if 0xC9 <= lead <= 0xF9 else None


def _ja(character: str) -> float | None:
    if "\u3041" <= character <= "\u3093":
        return 7.0
    if "\u30a1" <= character <= "\u30fe":
        return 8.0
    if "\uff61" <= character <= "\uff9f":
        return 12.0
    if character in _COMMON_KANJI:
        return 9.5
    lead = _lead_byte(character, "euc_jp")
    return 13.0 if 0xB0 <= lead <= 0xCF else 19.0 if 0xD0 <= lead <= 0xF4 else None


def _ko(character: str) -> float | None:
    if character in _COMMON_HANGUL:
        return 8.0
    lead = _lead_byte(character, "euc_kr")
    return 12.5 if 0xB0 <= lead <= 0xC8 else 20.0 if 0xCA <= lead <= 0xFD else None


_EAST_ASIAN: Final = {"zh-hans": _hans, "zh-hant": _hant, "ja": _ja, "ko": _ko}
# Of a text in the language: one such letter among Latin ones is more likely a sign in another encoding.
_SCRIPT_COST: Final = {**dict.fromkeys((*_EAST_ASIAN, *_ALIEN_TO_LATIN), 8.0), "is": 6.0}
LANGUAGES: Final = (*_EAST_ASIAN, *_ALPHABETS)
