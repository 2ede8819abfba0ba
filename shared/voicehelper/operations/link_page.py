"""``link_page``, what the links of mails lead to: a form that accepts an invitation or sets a new password.

``functions/operations/show_welcome.py`` serves it. The token stays in the browser, whose script (``reference/link.js``)
sends it to the API; nothing of a request is in the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Final, Literal

from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language
from voicehelper.operations.reference.files import CONTENT_SECURITY_POLICY, StaticFile

Kind = Literal["invitation", "password_reset"]
_Say = Callable[[str], str]
_TEXTS: Final[dict[Kind, dict[str, str]]] = {
    "invitation": {
        "title": "LINK_INVITATION_TITLE",
        "explanation": "LINK_INVITATION_EXPLANATION",
        "done": "LINK_INVITATION_DONE",
    },
    "password_reset": {
        "title": "LINK_PASSWORD_RESET_TITLE",
        "explanation": "LINK_PASSWORD_RESET_EXPLANATION",
        "done": "LINK_PASSWORD_RESET_DONE",
    },
}
_ALWAYS: Final = {"noscript": "LINK_NOSCRIPT", "failed": "LINK_FAILED"}


@dataclass(frozen=True, slots=True)
class _Field:
    """``completion`` is what a browser may fill in."""

    name: str
    kind: str
    completion: str
    label: str


@dataclass(frozen=True, slots=True)
class _Form:
    name: str
    heading: str
    button: str
    fields: tuple[_Field, ...]


_EMAIL: Final = _Field("email", "email", "username", "LINK_FIELD_EMAIL")
_USERNAME: Final = _Field("username", "text", "nickname", "LINK_FIELD_USERNAME")
_CHOSEN: Final = _Field("password", "password", "new-password", "LINK_FIELD_PASSWORD")
_KNOWN: Final = _Field("password", "password", "current-password", "LINK_FIELD_PASSWORD")
_NEW: Final = _Field("new_password", "password", "new-password", "LINK_FIELD_NEW_PASSWORD")
_FORMS: Final[dict[Kind, tuple[_Form, ...]]] = {
    "invitation": (
        _Form("register", "LINK_REGISTER", "LINK_REGISTER_BUTTON", (_EMAIL, _USERNAME, _CHOSEN)),
        _Form("join", "LINK_JOIN", "LINK_JOIN_BUTTON", (_EMAIL, _KNOWN)),
    ),
    "password_reset": (_Form("reset", "LINK_RESET", "LINK_RESET_BUTTON", (_NEW,)),),
}


def link_kind(*, invitation: str, password_reset: str) -> Kind | None:
    """What the parameters of the address are for."""
    if invitation:
        return "invitation"
    return "password_reset" if password_reset else None


def link_page(kind: Kind, language: Language) -> StaticFile:
    def say(code: str) -> str:
        return html.escape(message_for(code, language))

    values = {name: say(code) for name, code in (_TEXTS[kind] | _ALWAYS).items()}
    values |= {"language": language, "forms": "\n".join(_form(form, say) for form in _FORMS[kind])}
    text = (resources.files(__package__) / "link.html").read_text("utf-8")
    content = re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], text).encode()
    return StaticFile(content, _HEADERS)


# Nothing keeps a page whose address holds a token, and no other host is told of it.
_HEADERS: Final = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "referrer-policy": "no-referrer",
    "vary": "accept-language",
    "x-content-type-options": "nosniff",
}


def _form(form: _Form, say: _Say) -> str:
    fields = "\n".join(_field(form.name, field, say) for field in form.fields)
    button = f'<button type="submit">{say(form.button)}</button>'
    return f'<form id="{form.name}">\n<h2>{say(form.heading)}</h2>\n{fields}\n{button}\n</form>'


def _field(form: str, field: _Field, say: _Say) -> str:
    field_id = f"{form}-{field.name}"
    attributes = f'name="{field.name}" type="{field.kind}" autocomplete="{field.completion}"'
    return f'<label for="{field_id}">{say(field.label)}</label>\n<input id="{field_id}" {attributes} required>'
