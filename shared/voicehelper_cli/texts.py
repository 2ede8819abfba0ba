"""What the command line itself says, in Chinese and English; what the service says arrives translated."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "welcome": (
        "欢迎，{username}。您已登录 {url}。",
        "Welcome, {username}. You are signed in at {url}.",
    ),
    "signed_in": ("已登录：{email}。", "Signed in as {email}."),
    "signed_out": ("已退出登录。", "Signed out."),
    "base_ready": ("知识库 {name}（{id}）已就绪。", "Knowledge base {name} ({id}) is ready."),
    "base_deleted": ("知识库 {name} 已删除。", "{name} is deleted."),
    "confirm_delete": ("删除 {name} 及其中的所有文档？", "Delete {name} and every document in it?"),
    "reindexing": (
        "正在用 {embedding_model} 重建 {documents} 个文档。",
        "{documents} documents are being built again with {embedding_model}.",
    ),
    "retrying": ("正在重试 {documents} 个文档。", "{documents} documents are being tried again."),
    "deleted": ("已删除。", "Deleted."),
    "started": ("已开始。", "Started."),
    "chunks": ("{count} 个片段", "{count} chunks"),
    "uploading": ("上传中", "uploading"),
    "conversation_ready": ("对话 {id} 已创建。", "Conversation {id} is open."),
    "next_send": ("voicehelper conversations send {id} 问题", "voicehelper conversations send {id} QUESTION"),
    "page": ("第 {page} 页", "p. {page}"),
    "timings": (
        "检索 {search:.2f} 秒，生成 {answer:.2f} 秒，共 {total:.2f} 秒 · {tokens} tokens，${cost:.4f}",
        "search {search:.2f} s, answer {answer:.2f} s, total {total:.2f} s · {tokens} tokens, ${cost:.4f}",
    ),
    "no_path": ("{path} 不存在。", "{path} does not exist."),
    "no_files": ("没有可上传的文件。", "There is no file to upload."),
    "unreadable": ("无法读取 {path}（{reason}）。", "{path} cannot be read ({reason})."),
    "no_base": (
        "没有名为 {name} 的知识库（现有：{known}）。",
        "There is no knowledge base {name} (there is: {known}).",
    ),
    "none_yet": ("无", "none yet"),
    "storage_refused": ("存储拒绝了 {name}（{status}）。", "Storage refused {name} ({status})."),
    "storage_silent": ("{name} 未能送达存储（{reason}）。", "{name} did not reach storage ({reason})."),
    "upload_again": ("请重新上传。", "Try the upload again."),
    "unreachable": ("{url} 没有响应（{reason}）。", "Nothing answers at {url} ({reason})."),
    "start_it": (
        "用 `make run` 启动服务，或用 --url / VOICEHELPER_URL 指定其他地址。",
        "Start it with `make run`, or name another address with --url or VOICEHELPER_URL.",
    ),
    "unexpected": ("意外的响应 {status}。", "Unexpected answer {status}."),
    "is_it_us": ("该地址是 VoiceHelper 服务吗？", "Is this address a VoiceHelper service?"),
    "sign_in": ("voicehelper login 邮箱", "voicehelper login EMAIL"),
    "wait": ("请稍后重试。", "Try again in a moment."),
    "wait_s": ("请在 {seconds} 秒后重试。", "Try again in {seconds} s."),
}


def language() -> str:
    """zh or en: the locale's, en unless it is Chinese."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


def text(key: str, **values: object) -> str:
    chinese, english = TEXTS[key]
    return (chinese if language() == "zh" else english).format(**values)
