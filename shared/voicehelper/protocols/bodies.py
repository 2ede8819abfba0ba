"""``ProtocolBody``: base class of the bodies that clients of other protocols send."""

from __future__ import annotations

from pydantic import ConfigDict

from voicehelper.shapes.bodies import Body


class ProtocolBody(Body):
    """Fields that it does not declare are ignored: clients send those of other services."""

    model_config = ConfigDict(extra="ignore")
