"""Bounds of a file that is read."""

from typing import Final

# Lambda takes 6 MB of request, base64 included: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_INLINE_BYTES: Final = 4_500_000
MAX_FILE_BYTES: Final = 50 * 1024 * 1024
MAX_PAGES: Final = 100
UPLOAD_FORM_LIFE_S: Final = 3600
# Of a call, of which the gateway waits 30: what is not read then goes on behind a status URL.
WAIT_S: Final = 24.0
# Of the function that reads, all pages together but for the last; Lambda ends it two minutes later.
READ_WITHIN_S: Final = 780.0
