"""Called by CodeDeploy before traffic moves to new versions: they answer one question, or the deployment is undone."""

from voicehelper.adapters.invoke import invoke
from voicehelper.entry.deployment_hook import deployment_hook
from voicehelper.operations.release_check import CALL_TIMEOUT_S, Release, check_release
from voicehelper.settings import settings


def check() -> None:
    check_release(Release.of(settings().release), lambda name, event: invoke(name, event, timeout_s=CALL_TIMEOUT_S))


handler = deployment_hook(check)
