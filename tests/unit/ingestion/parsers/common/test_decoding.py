from __future__ import annotations

import pytest
from voicehelper.ingestion.parsers.common.decoding import decode

from tests.unit.ingestion.samples import CHINESE

TRADITIONAL = (
    "關於調整年度採購計畫的通知\n\n經研究決定，本年度採購預算總額調整為三百萬元，請各部門按照規定的時間提交申請。"
)
JAPANESE = (
    "年次有給休暇について\n\n"
    "すべての社員は入社から六か月後に十日の休暇を取ることができます。申請は三日前までに行ってください。"
)
KOREAN = (
    "연차 휴가 안내\n\n"
    "모든 직원은 입사 후 여섯 달이 지나면 열흘의 휴가를 사용할 수 있습니다. 신청은 사흘 전까지 해야 합니다."
)
FRENCH = "Les congés payés sont accordés après six mois. La durée légale dépend de l'ancienneté des salariés protégés."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        (CHINESE, "gb2312"),
        (CHINESE, "utf-16"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "utf-8"),
        (TRADITIONAL, "big5"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "euc_kr"),
        (FRENCH, "cp1252"),
        ("The interval is 30 days.", "utf-16-le"),
    ],
)
def test_text_is_decoded_without_knowing_its_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, [])


def test_malformed_bytes_are_replaced_with_a_warning() -> None:
    text, warnings = decode("保修期为二十四个月。".encode() + b"\xff\xfe" + "请妥善保管凭证。".encode())

    assert warnings == ["encoding_repaired"]
    assert "二十四个月" in text


def test_text_over_the_limit_is_cut_with_a_warning() -> None:
    text, warnings = decode(b"The interval is 30 days. " * 250_000)

    assert warnings == ["large_text"]
    assert len(text) == 5_000_000
