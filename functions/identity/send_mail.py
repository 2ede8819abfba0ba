"""Handed over by whoever has a mail to send, so that nobody waits for the mail server; Lambda repeats it twice"""

from voicehelper.entry.events import asynchronous_call
from voicehelper.entry.mailer import mailer
from voicehelper.identity.password_reset import Mail, send_mail


@asynchronous_call(Mail)
def handler(mail: Mail) -> None:
    send_mail(mail, mailer())
