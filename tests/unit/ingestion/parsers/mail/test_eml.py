from __future__ import annotations

import base64
import email
import email.policy
from email.message import EmailMessage

import pytest
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import ParsedDocument

from tests.unit.ingestion.samples import CHINESE, block_with, texts


def mail(*attachments: tuple[str, bytes], body: str = "See the file.") -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Terms", "a@example.com", "b@example.com"
    message.set_content(body)
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def test_mail_is_read_with_its_attachments_and_warns_of_unreadable_ones() -> None:
    parsed = parse_document(mail(("条款.txt", CHINESE.encode("gb18030")), ("tool.exe", b"MZ\x90\0")), "m.eml")

    assert block_with(parsed, "三百万元").place.attachment == "条款.txt"
    assert block_with(parsed, "See the file.").place.attachment is None
    assert parsed.warnings == ("attachment_not_read",)


def raw(headers: str, body: str | bytes = "Text.") -> ParsedDocument:
    content = body.encode() if isinstance(body, str) else body
    return parse_document(headers.encode() + b"\n\n" + content, "m.eml")


def alternatives(plain: str, html: str) -> list[str]:
    message = EmailMessage()
    message["Subject"] = "Notice"
    message.set_content(plain)
    message.add_alternative(html, subtype="html")
    return texts(parse_document(bytes(message), "m.eml"))[1:]


LONG = "The lift in house four is out of order until the ninth of May, please use the stairs beside the post room. "


@pytest.mark.parametrize(
    ("plain", "html", "kept"),
    [
        ("", "<p>The gate is closed.</p>", "The gate is closed."),
        ("This message needs a program that shows HTML.", "<p>The gate is closed.</p>", "The gate is closed."),
        ("请使用支持网页格式的软件查看。", "<p>大门周五关闭。</p>", "大门周五关闭。"),
        ("The gate is closed.", "<p>The <b>gate</b> is closed.</p>", "The gate is closed."),
        (LONG + "It is repaired by a firm from Linz, which charges the owner of the house, not those who live in it, "
         "and works on weekdays between seven and four.", "<a href='/x'>View online</a>", "by a firm from Linz"),
        ("Day Fee 1 4 2 5", "<table><tr><th>Day<th>Fee<tr><td>1<td>4<tr><td>2<td>5</table>", "Day: 1 | Fee: 4"),
        ("The gate is closed.", "<p></p>", "The gate is closed."),
        ("Read on: https://a.example/one/two/three/four", f"<p>{LONG}</p>", LONG.strip()),
    ],
)  # fmt: skip
def test_of_two_forms_the_richer_is_read(plain: str, html: str, kept: str) -> None:
    read = alternatives(plain, html)

    assert kept in read[0]
    assert len(read) == 1


CALENDAR = """BEGIN:VCALENDAR\r
METHOD:{method}\r
BEGIN:VTIMEZONE\r
TZID:Europe/Vienna\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
SUMMARY:Fire drill\\, house 4\r
DTSTART;TZID=Europe/Vienna:20310512T093000\r
DTEND;TZID=Europe/Vienna:20310512T101500\r
LOCATION:Court\r
  yard\r
ORGANIZER;CN="Ivo Berg":mailto:ivo@example.com\r
ATTENDEE;CN=Ute;RSVP=TRUE:mailto:ute@example.com\r
ATTENDEE:MAILTO:max@example.com\r
RRULE:FREQ=YEARLY;COUNT=3\r
DESCRIPTION:Leave by the stairs.\\nMeet outside.\r
BEGIN:VALARM\r
DESCRIPTION:Reminder\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""


def invitation(calendar: str, *, attached: bool = False) -> ParsedDocument:
    message = EmailMessage()
    message["Subject"] = "Invitation"
    message.set_content("You are invited.")
    message.add_alternative(calendar, subtype="calendar", params={"method": "REQUEST"})
    if attached:
        message.add_attachment(calendar.encode(), maintype="application", subtype="ics", filename="invite.ics")
    return parse_document(bytes(message), "m.eml")


def test_an_invitation_says_what_when_where_and_who() -> None:
    parsed = invitation(CALENDAR.format(method="REQUEST"), attached=True)

    assert texts(parsed)[1:] == [
        "You are invited.",
        "Event: Fire drill, house 4 | When: 2031-05-12 09:30 until 10:15 (Europe/Vienna) | Where: Court yard | "
        "Repeats: yearly, count 3",
        "Event: Fire drill, house 4 | Organizer: Ivo Berg <ivo@example.com> | "
        "Attendees: Ute <ute@example.com>, max@example.com",
        "Leave by the stairs.\nMeet outside.",
    ]
    assert parsed.warnings == ()


@pytest.mark.parametrize(
    ("lines", "event"),
    [
        ("SUMMARY:消防演习\nDTSTART;VALUE=DATE:20310512\nLOCATION:院子",
         "日程: 消防演习 | 时间: 2031-05-12 | 地点: 院子"),
        ("SUMMARY:Call\nDTSTART:20310512T070000Z\nDURATION:PT1H30M",
         "Event: Call | When: 2031-05-12 07:00, 1 hours, 30 minutes (UTC)"),
        ("SUMMARY:Trip\nDTSTART;VALUE=DATE:20310512\nDTEND;VALUE=DATE:20310514\nSTATUS:TENTATIVE",
         "Event: Trip | When: 2031-05-12 until 2031-05-14 | Status: tentative"),
        ("SUMMARY:Odd\nDTSTART:tomorrow", "Event: Odd | When: tomorrow"),
    ],
)  # fmt: skip
def test_entries_of_a_calendar_keep_their_times_as_written(lines: str, event: str) -> None:
    parsed = invitation(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")

    assert texts(parsed)[2] == event


def test_a_cancelled_event_says_so() -> None:
    assert "Status: cancelled" in texts(invitation(CALENDAR.format(method="CANCEL")))[2]


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("=?gb2312?B?" + base64.b64encode("关于朱镕基".encode("gb18030")).decode() + "?=", "关于朱镕基"),
        ("=?utf-8?Q?Pr=C3=BCfung?= am =?iso-8859-1?Q?M=E4rz?=", "Prüfung am März"),
        ("=?utf-8?B?5Lq65LqL6Q==?=\n =?utf-8?B?gJrnn6U=?=", "人事通知"),
        ("=?iso-2022-jp?B?" + base64.b64encode("会議の案内".encode("iso2022_jp")).decode() + "?=", "会議の案内"),
        ("=?x-unknown?Q?gate?= closed", "gate closed"),
    ],
)
def test_encoded_subjects_are_read(subject: str, shown: str) -> None:
    assert f"Subject: {shown}" in texts(raw(f"Subject: {subject}"))[0]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "cp1251"])
def test_headers_and_bodies_without_a_declared_encoding_are_read(encoding: str) -> None:
    text = "Замена прокладки" if encoding == "cp1251" else "密封圈更换通知"
    parsed = parse_document(f"Subject: {text}\n\n{text}\n".encode(encoding), "m.eml")

    assert texts(parsed) == [f"Subject: {text}", text]


@pytest.mark.parametrize(
    ("transfer", "body"),
    [
        ("base64", base64.encodebytes("Прокладка".encode("cp1251")).decode()),
        ("quoted-printable", "=CF=F0=EE=EA=EB=E0=E4=EA=E0"),
    ],
)
def test_a_wrongly_declared_body_is_read(transfer: str, body: str) -> None:
    head = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {transfer}"

    assert texts(raw(head, body)) == ["Прокладка"]


def mixed(*parts: bytes) -> ParsedDocument:
    content = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return raw("Subject: A\nContent-Type: multipart/mixed; boundary=b", content + b"--b--\n")


@pytest.mark.parametrize(
    "disposition",
    [
        "attachment; filename*=UTF-8''%E5%AF%86%E5%B0%81.txt",
        "attachment; filename*=gb2312''%C3%DC%B7%E2.txt",
        'attachment; filename="=?gb2312?B?w9y34i50eHQ=?="',
        "attachment; filename*0*=UTF-8''%E5%AF%86; filename*1*=%E5%B0%81.txt",
        'attachment; filename="密封.txt"',
    ],
)
def test_names_of_attachments_are_read(disposition: str) -> None:
    head = f"Content-Type: text/plain\nContent-Disposition: {disposition}"
    parsed = mixed(b"\nSee.", head.encode() + b"\n\nTen rings.")

    assert block_with(parsed, "Ten rings.").place.attachment == "密封.txt"


def test_attachments_are_read_by_their_type_where_their_name_tells_none() -> None:
    head = b"Content-Type: text/csv; charset=windows-1251\nContent-Disposition: attachment\n\n"
    parsed = mixed(b"\nSee.", head + "Деталь;Цена\nШайба;4\nБолт;5".encode("cp1251"))

    assert texts(parsed)[-1] == "Деталь: Болт | Цена: 5"


def test_an_attached_mail_is_read_with_its_own_attachments() -> None:
    outer = EmailMessage()
    outer["Subject"] = "Fwd"
    outer.set_content("See below.")
    outer.add_attachment(email.message_from_bytes(mail(("a.txt", b"Ten rings.")), policy=email.policy.default))
    parsed = parse_document(bytes(outer), "m.eml")

    assert block_with(parsed, "See the file.").place.attachment == "Terms"
    assert block_with(parsed, "Ten rings.").place.attachment == "a.txt"


def test_texts_between_attachments_belong_to_the_body() -> None:
    parsed = mixed(b"\nFirst.", b"Content-Type: image/png\n\nx", b"Content-Type: text/html\n\n<p>Second.</p>")

    assert texts(parsed) == ["Subject: A", "First.", "Second."]


def test_a_signature_is_no_attachment_and_flowed_lines_are_joined() -> None:
    flowed = b"Content-Type: text/plain; format=flowed\n\nThe gate is \nclosed.\n-- \nIvo"
    parsed = mixed(flowed, b"Content-Type: application/pgp-signature\n\nabc")

    assert texts(parsed)[1] == "The gate is closed.\n--\nIvo"
    assert parsed.warnings == ()
