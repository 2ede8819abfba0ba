from __future__ import annotations

from email.message import EmailMessage

from voicehelper.ingestion.parse import parse_document

from tests.unit.ingestion.samples import CHINESE, block_with


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
