"""Bytes → text, whatever encoding they are in."""

from __future__ import annotations

import codecs
import re

from voicehelper.errors import RejectedError

MAX_CHARACTERS = 5_000_000  # some 2,500 pages; what is beyond is named as left out
_MAX_BYTES_A_CHARACTER = 4
_SAMPLE_BYTES = 200_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The most frequent characters of each script decide between encodings whose byte ranges overlap.
_COMMON = {
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
_COMMON["euc_jp"] = _COMMON["shift_jis"]
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def decode(content: bytes) -> tuple[str, list[str]]:
    """The text and the warnings ``encoding_repaired`` and ``large_text`` where they apply.

    Raises RejectedError ``no_text`` for bytes that are not text in any encoding.
    """
    encoding = _by_mark(content) or _without_mark(content[:_SAMPLE_BYTES])
    if encoding is None:
        raise RejectedError("no_text", "binary content")
    # Decoding all of a 50 MB file to keep a tenth of it would cost ten times the memory.
    text, repaired = _decoded(content[: MAX_CHARACTERS * _MAX_BYTES_A_CHARACTER], encoding)
    warnings = ["encoding_repaired"] if repaired else []
    if len(text) > MAX_CHARACTERS or len(content) > MAX_CHARACTERS * _MAX_BYTES_A_CHARACTER:
        warnings.append("large_text")
    return text[:MAX_CHARACTERS].removeprefix("\ufeff").replace("\0", "\ufffd"), warnings


def _decoded(content: bytes, encoding: str) -> tuple[str, bool]:
    text = codecs.getincrementaldecoder(encoding)("replace").decode(content)
    whole = encoding.startswith(("utf-16", "utf-32")) or b"\0" not in content
    # A file may hold U+FFFD itself: only what strict decoding refuses was repaired here.
    return text, not whole or ("\ufffd" in text and not _is_strictly(content, encoding)) or _ends_broken(
        content, encoding
    )


def _is_strictly(content: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(content)
    except UnicodeError:
        return False
    return True


def _ends_broken(content: bytes, encoding: str) -> bool:
    """A sequence cut off at the end of a file that was read whole."""
    if len(content) >= MAX_CHARACTERS * _MAX_BYTES_A_CHARACTER:
        return False
    tail = codecs.getincrementaldecoder(encoding)("replace")
    tail.decode(content)
    return bool(tail.getstate()[0])


def _by_mark(content: bytes) -> str | None:
    return next((name for mark, name in _MARKS if content.startswith(mark)), None)


def _without_mark(sample: bytes) -> str | None:
    if _is_strictly(sample, "utf-8") and not _is_binary(sample):
        return "utf-8"
    if wide := _wide_encoding(sample):
        return wide
    if _is_binary(sample):
        return None
    return _by_frequency(sample) or _by_detector(sample)


def _is_binary(sample: bytes) -> bool:
    return len(_CONTROL.findall(sample)) > 0.05 * len(sample)


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 without a mark: text in ASCII leaves a zero in every second byte."""
    half = max(len(sample) // 2, 1)
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    for mine, other, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if mine > 0.3 and other < 0.05 and _is_strictly(sample, name):
            return name
    return None


def _by_frequency(sample: bytes) -> str | None:
    """The East Asian encoding in which the text holds most of that language's everyday characters."""
    scores = {name: _share(sample, name, common) for name, common in _COMMON.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0.08 else None


def _share(sample: bytes, encoding: str, common: str) -> float:
    if not _is_strictly(sample, encoding):
        return 0.0
    text = codecs.getincrementaldecoder(encoding)("strict").decode(sample)
    wide = [c for c in text if c > "\u2e80"]
    # Punctuation and half-width kana appear by accident in every one of these encodings.
    return sum(c in common for c in wide) / len(wide) if wide else 0.0


def _by_detector(sample: bytes) -> str:
    """Western encodings, where the text reads like one; else UTF-8 with what is broken replaced."""
    broken = codecs.getincrementaldecoder("utf-8")("replace").decode(sample).count("\ufffd")
    high = sum(byte > 0x7F for byte in sample)
    if b"\0" in sample or broken * 2 < high or len(re.findall(rb"[A-Za-z][\x80-\xff]", sample)) * 2 < high:
        return "utf-8"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"
