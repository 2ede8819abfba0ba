"""Decodes text files of unknown encoding.

Entry function: ``decode``; the text, web and mail parsers call it.
"""

from __future__ import annotations

import codecs
import re

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsers.common.documents import MAX_CHARACTERS

_MAX_BYTES = 4 * MAX_CHARACTERS  # no encoding takes more than four bytes a character
_SAMPLE_BYTES = 200_000
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The most frequent characters of each language decide between encodings whose byte ranges overlap.
_FREQUENT_CHARACTERS = {
    "gb18030": (
        "的一是不了在人有我他这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对"
        "小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情面最女但现前些所同日手又行意动方"
        "期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感见明问力理点文定本公月"
        "部项目件作业用户系统数据文件"
    ),
    "big5": (
        "的一是不了在人有我他這個上們來到時大地為子中你說生國年著就那和要她出也得裡後自以會家可下而過天去能對"
        "小多然於心學麼之都好看起發當沒成只如事把還用第樣道想作種開美總從無情面最女但現前些所同日手又行意動方"
        "期它頭經長兒回位分愛老因很給名法間知世什兩次使身者被高已親其進此話常與活正感見明問力理點文定本公月部"
        "項目件業用戶系統資料檔案"
    ),
    "shift_jis": (
        "のにはをたがでてとしれさいあるなもかりこすまそらっくよつけせえうどちめんおきみばじやだわほろべずげび"
        "ゃゅょぎごぐァアイウエオカキクケコサシスセソタチッツテトナニネノハバパヒビピフブプヘベペホボポマミム"
        "メモャュョラリルレロワンー日本年月大国人中会"
    ),
    "euc_kr": ("이다는의에을가한고를하은로지기사도서자인대시어나리그수해과있아들으전일정제보여상만부스게었"),
}
_FREQUENT_CHARACTERS["euc_jp"] = _FREQUENT_CHARACTERS["shift_jis"]
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def decode(content: bytes) -> tuple[str, list[str]]:
    """The text, and the warnings ``encoding_repaired`` and ``large_text`` where they apply.

    Raises RejectedError ``no_text`` for bytes that are not text in any encoding.
    """
    encoding = _encoding_by_mark(content) or _guess_encoding(content[:_SAMPLE_BYTES])
    if encoding is None:
        raise RejectedError("no_text", "binary content")
    # Decoding all of a 50 MB file to keep a tenth of it would cost ten times the memory.
    text, was_repaired = _decode_leniently(content[:_MAX_BYTES], encoding)
    warnings = ["encoding_repaired"] if was_repaired else []
    if len(text) > MAX_CHARACTERS or len(content) > _MAX_BYTES:
        warnings.append("large_text")
    return text[:MAX_CHARACTERS].removeprefix("\ufeff").replace("\0", "\ufffd"), warnings


def _decode_leniently(content: bytes, encoding: str) -> tuple[str, bool]:
    """(text with U+FFFD for malformed sequences, whether there were any)."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(content)
    has_nul = b"\0" in content and not encoding.startswith(("utf-16", "utf-32"))
    # U+FFFD may stand in the file itself: only what strict decoding refuses was repaired here.
    has_malformed = "\ufffd" in text and not _is_valid(content, encoding)
    return text, has_nul or has_malformed or _ends_within_character(content, encoding)


def _is_valid(content: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(content)
    except UnicodeError:
        return False
    return True


def _ends_within_character(content: bytes, encoding: str) -> bool:
    """Whether the last sequence of a file that was read whole is incomplete."""
    if len(content) >= _MAX_BYTES:
        return False
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    decoder.decode(content)
    return bool(decoder.getstate()[0])


def _encoding_by_mark(content: bytes) -> str | None:
    return next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), None)


def _guess_encoding(sample: bytes) -> str | None:
    if _is_valid(sample, "utf-8") and not _is_binary(sample):
        return "utf-8"
    if utf16 := _utf16_without_mark(sample):
        return utf16
    if _is_binary(sample):
        return None
    return _east_asian_encoding(sample) or _western_encoding(sample)


def _is_binary(sample: bytes) -> bool:
    return len(_CONTROL.findall(sample)) > 0.05 * len(sample)


def _utf16_without_mark(sample: bytes) -> str | None:
    """UTF-16 without a byte order mark: ASCII text has a zero in every second byte."""
    half = max(len(sample) // 2, 1)
    even_zeros, odd_zeros = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    for high_zeros, low_zeros, name in ((odd_zeros, even_zeros, "utf-16-le"), (even_zeros, odd_zeros, "utf-16-be")):
        if high_zeros > 0.3 and low_zeros < 0.05 and _is_valid(sample, name):
            return name
    return None


def _east_asian_encoding(sample: bytes) -> str | None:
    """The East Asian encoding whose reading has the largest share of that language's frequent characters."""
    scores = {name: _frequent_share(sample, name, frequent) for name, frequent in _FREQUENT_CHARACTERS.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0.08 else None


def _frequent_share(sample: bytes, encoding: str, frequent: str) -> float:
    if not _is_valid(sample, encoding):
        return 0.0
    text = codecs.getincrementaldecoder(encoding)("strict").decode(sample)
    wide = [c for c in text if c > "\u2e80"]
    # Punctuation and half-width kana are left out of the lists: they occur by accident in each of these encodings.
    return sum(c in frequent for c in wide) / len(wide) if wide else 0.0


def _western_encoding(sample: bytes) -> str:
    """A Western encoding where accented letters follow ASCII ones; otherwise UTF-8 with malformed bytes replaced."""
    malformed = codecs.getincrementaldecoder("utf-8")("replace").decode(sample).count("\ufffd")
    high = sum(byte > 0x7F for byte in sample)
    if b"\0" in sample or malformed * 2 < high or len(re.findall(rb"[A-Za-z][\x80-\xff]", sample)) * 2 < high:
        return "utf-8"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"
