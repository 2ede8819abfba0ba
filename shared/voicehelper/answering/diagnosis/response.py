"""From a diagnosis to the response of POST /rag/diagnose, with its remarks in the caller's language."""

from __future__ import annotations

from typing import Final

from voicehelper.answering.diagnosis.api import Diagnosis, DiagnosisStage, ExpectedEvidence
from voicehelper.answering.diagnosis.diagnose import Diagnosed
from voicehelper.answering.diagnosis.losses import Remark, Seen, lost_at
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language

_CITED: Final = Remark("reading_cites_advice")


def show_diagnosis(diagnosed: Diagnosed, language: Language) -> Diagnosis:
    lost, answered, document = lost_at(diagnosed.stages), diagnosed.answered, diagnosed.document
    return Diagnosis(
        found=lost is None,
        lost_at=lost.name if lost else None,
        stages=[_stage(seen, language) for seen in diagnosed.stages],
        expected=ExpectedEvidence(
            document_id=document.id if document else None,
            filename=document.filename if document else None,
            chunk_ids=list(diagnosed.chunk_ids),
        ),
        advice=_say((lost.advice if lost else None) or _CITED, language),
        status=answered.status,
        confidence=round(answered.confidence, 4),
        answer=answered.text,
    )


def _stage(seen: Seen, language: Language) -> DiagnosisStage:
    return DiagnosisStage(
        name=seen.name,
        rank=seen.rank,
        score=None if seen.score is None else round(seen.score, 4),
        seconds=round(seen.seconds, 4),
        note=_say(seen.note, language),
    )


def _say(remark: Remark, language: Language) -> str:
    return message_for(remark.code, language, remark.params)
