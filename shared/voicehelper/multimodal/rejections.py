"""Why a file is not read: reasons of the recogniser and its child process → errors with codes.

``rejection`` is the entry.
"""

from __future__ import annotations

from typing import Final

from voicehelper.errors import (
    InvalidInputError,
    NotFoundError,
    PayloadTooLargeError,
    UnsupportedMediaTypeError,
    UpstreamUnavailableError,
)
from voicehelper.multimodal.limits import MAX_PAGES


class PictureEmptyError(InvalidInputError):
    code = "EMPTY_FILE"


class PictureUnreadableError(InvalidInputError):
    code = "PICTURE_UNREADABLE"


class PictureAnimatedError(InvalidInputError):
    code = "PICTURE_ANIMATED"


class PicturePasswordError(InvalidInputError):
    code = "PICTURE_PASSWORD_PROTECTED"


class PictureTooLargeError(PayloadTooLargeError):
    code = "PICTURE_TOO_LARGE"


class PictureTooSlowError(InvalidInputError):
    code = "PICTURE_TOO_SLOW"


class TooManyPagesError(PayloadTooLargeError):
    code = "TOO_MANY_PAGES"


class PictureTypeError(UnsupportedMediaTypeError):
    code = "PICTURE_TYPE_UNSUPPORTED"


class RecognitionNotInstalledError(UpstreamUnavailableError):
    code = "RECOGNITION_NOT_INSTALLED"


class ReadTaskNotFoundError(NotFoundError):
    code = "TASK_NOT_FOUND"


Rejection = (
    PictureEmptyError | PictureUnreadableError | PictureAnimatedError | PicturePasswordError | PictureTooLargeError
    | PictureTooSlowError | TooManyPagesError | PictureTypeError | RecognitionNotInstalledError
)  # fmt: skip

_BY_REASON: Final[dict[str, type[Rejection]]] = {
    "empty_file": PictureEmptyError,
    "corrupt": PictureUnreadableError,
    "animated": PictureAnimatedError,
    "password_protected": PicturePasswordError,
    "image_too_large": PictureTooLargeError,
    "too_large_unpacked": PictureTooLargeError,
    "timed_out": PictureTooSlowError,
    "too_many_pages": TooManyPagesError,
    "unsupported_type": PictureTypeError,
    "not_installed": RecognitionNotInstalledError,
}
REJECTIONS: Final = tuple(dict.fromkeys(_BY_REASON.values()))


def rejection(reason: str) -> Rejection:
    kind = _BY_REASON.get(reason, PictureUnreadableError)
    return kind(reason, details={"max_pages": MAX_PAGES} if kind is TooManyPagesError else None)
