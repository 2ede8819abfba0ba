"""Run by an interpreter that has LiteLLM: a completion, a stream, embeddings and errors, as one line of JSON."""

import json
import os
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else its prices are fetched as it is imported

import litellm

base_url, key, name, question = sys.argv[1:]
usual = {"model": f"openai/kb:{name}", "api_base": f"{base_url}/v1", "api_key": key}
asked = [{"role": "system", "content": "Answer briefly."}, {"role": "user", "content": question}]


def error_of(**more: object) -> str:
    try:
        litellm.completion(**{**usual, "messages": asked, "max_retries": 0, **more})
    except Exception as error:  # noqa: BLE001  (its class is what is asked for)
        return type(error).__name__
    return ""


whole = litellm.completion(messages=asked, temperature=0, **usual)
chunks = list(litellm.completion(messages=asked, stream=True, stream_options={"include_usage": True}, **usual))
vectors = litellm.embedding(input=["park", "Parkplatz"], encoding_format="float", **usual)
answer = {
    "content": whole.choices[0].message.content,
    "annotations": len(whole.choices[0].message.annotations or []),
    "tokens": whole.usage.total_tokens,
    "streamed": "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices),
    "streamed_tokens": [chunk.usage.total_tokens for chunk in chunks if getattr(chunk, "usage", None)],
    "dimensions": [len(item["embedding"]) for item in vectors.data],
    "wrong_key": error_of(api_key="sk-wrong"),
    "unknown_model": error_of(model="openai/kb:nothing"),
}
print(json.dumps(answer))
