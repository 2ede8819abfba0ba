from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper.errors import RejectedError
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


# From one word up, and names of products and people more than everyday prose.
SHORT_TEXTS = {
    ("gb18030", "utf-16-le", "utf-16-be"): (
        "物料,数量\n弹簧垫圈,45\n膨胀螺栓,12\n",
        "钥匙存放处：传达室",
        "密封圈更换",
        "电压 220V±10%，功率 1500W",
        "联系人：诸葛瑾；分机 8806",
    ),
    ("cp950", "utf-16-le"): (
        "物料,數量\n彈簧墊圈,45\n膨脹螺栓,12\n",
        "鑰匙存放處：警衛室",
        "密封圈更換",
        "聯絡人：諸葛瑾",
    ),
    ("cp932", "euc_jp", "utf-16-le"): (
        "部品,個数\nばね座金,45\n",
        "鍵は守衛室にあります",
        "パッキン交換",
        "担当は長谷川さん",
    ),
    ("cp949", "utf-16-be"): ("부품,수량\n스프링 와셔,45\n", "열쇠는 경비실에 있습니다", "담당자: 남궁민수"),
    ("cp1251", "koi8_r", "utf-16-le"): (
        "Деталь;Кол-во\nШайба;45\nБолт;12\n",
        "Ключ у вахтёра",
        "Прокладка",
        "Напряжение 220 В, мощность 1500 Вт",
        "ЗАПРЕЩЕНО курить",
    ),
    ("cp1251", "koi8_u"): ("Ключ у чергового, їдальня поруч", "Заміна прокладки щороку"),
    ("cp1250", "iso8859_2"): (
        "Część;Ilość\nPodkładka sprężysta;45\n",
        "Klucz jest u strażnika",
        "Těsnění vyměňte každý rok",
        "Klíč má vrátný Dvořák",
    ),
    ("cp1250",): (
        "A kulcs a portásnál van, a szűrőt kéthetente cserélik",
        "Cheia se află la portar, în curtea din faţă",
    ),
    ("cp1252",): (
        "Teil;Stückzahl\nFederring;45\n",
        "Schlüssel beim Pförtner",
        "Maße",
        "La clé est à l’accueil",
        "Café",
        "Joint à changer tous les étés",
        "¿Dónde está la llave? Pregunte al señor Ibáñez",
        "A vedação é trocada após 12 mêses, não antes",
        "Packningen byts på våren",
        "The guard’s key – “don’t lose it” – costs €30",
        "Deposit: £30",
        "25 °C ± 2",
        "Nº de serie",
        "3 m² × 2",
    ),
    ("cp1254", "utf-16-be"): (
        "Anahtar güvenlik şefindedir",
        "Conta değişimi yılda bir",
        "Ürün;Sayı\nYaylı rondela;45\n",
    ),
    ("cp1253", "iso8859_7", "utf-16-le"): ("Το κλειδί είναι στον θυρωρό", "Φλάντζα", "Τάση 220 V, ισχύς 1500 W"),
    ("cp1255",): ("המפתח אצל השומר בכניסה",),
    ("cp1256",): ("المفتاح عند الحارس",),
    ("mac_roman",): ("Les clés sont à l’entrée, le joint a été changé",),
    ("cp866",): ("Ключ у вахтёра на первом этаже",),
    ("iso2022_jp",): ("鍵は守衛室にあります",),
}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(text, encoding) for encodings, texts in SHORT_TEXTS.items() for encoding in encodings for text in texts],
)
def test_short_text_is_decoded_without_knowing_its_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, [])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("品番,重量\nＲＴ－４７０,２５ｋｇ\nＲＴ－４８０,３１ｋｇ\n", "cp932"),
        ("品番,重量\nＲＴ－４７０,２５ｋｇ\nＲＴ－４８０,３１ｋｇ\n", "utf-16-le"),
        ("部品：ＭＸ７　数量：３個\n", "euc_jp"),
        ("电压：３８０Ｖ　型号：ＭＸ７\n", "gb18030"),
        ("電壓：３８０Ｖ　型號：ＭＸ７\n", "cp950"),
        ("품번 ＭＸ７　전압 ３８０Ｖ\n", "cp949"),
    ],
)
def test_letters_and_digits_may_be_as_wide_as_the_characters_around_them(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, [])


@pytest.mark.parametrize("encoding", ["gb18030", "cp1252", "cp1251", "utf-8"])
def test_the_only_line_beyond_ascii_decides_wherever_it_stands(encoding: str) -> None:
    line = {"gb18030": "密封圈,4", "cp1251": "Прокладка,4"}.get(encoding, "Kühlöl,4")
    text = "washer,12\n" * 30_000 + line + "\nbolt,3\n"

    assert decode(text.encode(encoding)) == (text, [])


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "iso-8859-1"),
        ("utf-8", "gb2312"),
        ("cp1251", "utf-8"),
        ("cp1251", "windows-1252"),
        ("cp1251", "punycode"),
        ("cp1251", "no-such"),
        ("cp1251", "utf-16"),
        ("koi8_r", "koi8-r"),
        ("hz", "hz-gb-2312"),
    ],
)
def test_a_declared_encoding_counts_unless_the_bytes_deny_it(encoding: str, declared: str) -> None:
    text = "钥匙存放处" if encoding == "hz" else "ЗАМЕНА ПРОКЛАДКИ"

    assert decode(text.encode(encoding), declared) == (text, [])


def test_a_few_malformed_bytes_do_not_change_the_encoding() -> None:
    lines = {"utf-8": "Die Prüfung erfolgt jährlich. ", "gb18030": "弹簧垫圈每年更换一次。"}
    for encoding, line in lines.items():
        content = (line * 5).encode(encoding) + b"\xff\n" + (line * 5).encode(encoding)

        assert decode(content) == (line * 5 + "\ufffd\n" + line * 5, ["encoding_repaired"])


@given(st.binary(max_size=400), st.sampled_from(["", "utf-8", "gb2312", "idna", "utf-16", "iso-2022-jp"]))
def test_any_bytes_are_decoded_or_refused(content: bytes, declared: str) -> None:
    try:
        text, _ = decode(content, declared)
    except RejectedError as error:
        text = error.reason

    assert "\0" not in text


def test_malformed_bytes_are_replaced_with_a_warning() -> None:
    text, warnings = decode("保修期为二十四个月。".encode() + b"\xff\xfe" + "请妥善保管凭证。".encode())

    assert warnings == ["encoding_repaired"]
    assert "二十四个月" in text


def test_bytes_that_are_damaged_in_every_encoding_stay_visible_as_such() -> None:
    text, warnings = decode(b"valve\0 is \xff\xfe open \xed\xa0\x80")

    assert warnings == ["encoding_repaired"]
    assert text.startswith("valve\ufffd is \ufffd\ufffd open")


def test_text_over_the_limit_is_cut_with_a_warning() -> None:
    text, warnings = decode(b"The interval is 30 days. " * 250_000)

    assert warnings == ["large_text"]
    assert len(text) == 5_000_000
