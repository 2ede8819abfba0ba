"""Recognition by Amazon Transcribe: ``transcribe_job``, a job whose sound and transcript lie in the content bucket.

https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html, and for the transcript
https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html#how-output
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, Protocol
from uuid import uuid4

from voicehelper.adapters.aws_call import aws_call
from voicehelper.errors import UpstreamUnavailableError

_POLL_S: Final = 1.0
_LANGUAGES: Final = {"zh": "zh-CN", "en": "en-US"}
_SENTENCE_ENDS: Final = frozenset(".!?。！？")


class Store(Protocol):
    @property
    def bucket(self) -> str: ...
    def put(self, key: str, body: bytes, *, content_type: str = ...) -> None: ...
    def get(self, key: str) -> bytes: ...


class Sentence(NamedTuple):
    start_s: float
    end_s: float
    text: str
    confidence: float


def transcribe_job(
    sound: bytes,
    suffix: str,
    language: str,
    store: Store,
    seconds_left: Callable[[], float],
    pause: Callable[[float], None] = time.sleep,
) -> tuple[str, list[Sentence]]:
    """(language, sentences). ``suffix`` is wav or ogg. UpstreamUnavailableError if the job fails or is not done."""
    name = f"voicehelper-{uuid4()}"
    source, target = f"voice/jobs/{name}.{suffix}", f"voice/jobs/{name}.json"
    store.put(source, sound)
    aws_call("transcribe", "StartTranscriptionJob", _job(name, source, target, suffix, language, store.bucket))
    while (status := _status(name)) not in ("COMPLETED", "FAILED"):
        if seconds_left() <= _POLL_S:
            raise UpstreamUnavailableError(f"Transcribe: the job is still {status}")
        pause(_POLL_S)
    if status == "FAILED":
        raise UpstreamUnavailableError("Transcribe: the job failed")
    return read_transcript(json.loads(store.get(target)))


def _job(name: str, source: str, target: str, suffix: str, language: str, bucket: str) -> dict[str, Any]:
    known = {"LanguageCode": _LANGUAGES[language]} if language else {"IdentifyLanguage": True}
    options = {} if language else {"LanguageOptions": sorted(_LANGUAGES.values())}
    return {
        "TranscriptionJobName": name,
        "Media": {"MediaFileUri": f"s3://{bucket}/{source}"},
        "MediaFormat": suffix,
        "OutputBucketName": bucket,
        "OutputKey": target,
        **known,
        **options,
    }


def _status(name: str) -> str:
    answer = aws_call("transcribe", "GetTranscriptionJob", {"TranscriptionJobName": name})
    return str(answer["TranscriptionJob"]["TranscriptionJobStatus"])


def read_transcript(transcript: Mapping[str, Any]) -> tuple[str, list[Sentence]]:
    """Confidence is the mean of a sentence's words."""
    results = transcript["results"]
    language = str(results.get("language_code") or "").partition("-")[0]
    return language, [_sentence(words, glue="" if language == "zh" else " ") for words in _sentences(results["items"])]


def _sentences(items: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Each has a word, which alone has times."""
    words: list[dict[str, Any]] = []
    for item in items:
        words.append(item)
        ends = item["type"] == "punctuation" and item["alternatives"][0]["content"] in _SENTENCE_ENDS
        if ends and any(word["type"] == "pronunciation" for word in words):
            yield words
            words = []
    if any(word["type"] == "pronunciation" for word in words):
        yield words


def _sentence(items: list[dict[str, Any]], glue: str) -> Sentence:
    spoken = [item for item in items if item["type"] == "pronunciation"]
    pieces = [(glue if item in spoken else "") + item["alternatives"][0]["content"] for item in items]
    confidences = [float(item["alternatives"][0]["confidence"]) for item in spoken]
    start, end = float(spoken[0]["start_time"]), float(spoken[-1]["end_time"])
    return Sentence(start, end, "".join(pieces).strip(), sum(confidences) / len(confidences))
