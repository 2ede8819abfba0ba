from __future__ import annotations

import errno

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.ingestion.disk import full_disk_is_transient


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_retried_and_says_so(number: int) -> None:
    with pytest.raises(UpstreamUnavailableError, match="storage_full"), full_disk_is_transient():
        raise OSError(number, "no room")


def test_other_errors_of_the_disk_stay_what_they_are() -> None:
    with pytest.raises(PermissionError), full_disk_is_transient():
        raise PermissionError(errno.EACCES, "no")
