"""Sentences for people, by code: Chinese first (the default), then English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

Language = Literal["zh", "en"]

API_MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "INTERNAL_ERROR": ("服务内部错误", "Something went wrong on our side"),
    "VALIDATION_ERROR": ("请求参数不合法", "The request is not valid"),
    "UNAUTHENTICATED": ("请先登录", "Sign in first"),
    "FORBIDDEN": ("没有权限", "You may not do this"),
    "NOT_FOUND": ("资源不存在", "Not found"),
    "METHOD_NOT_ALLOWED": ("不支持该请求方法", "This path does not take that method"),
    "CONFLICT": ("资源冲突", "This conflicts with what is already there"),
    "PAYLOAD_TOO_LARGE": ("请求内容过大", "The request is too large"),
    "UNSUPPORTED_MEDIA_TYPE": ("不支持的内容类型", "This content type is not supported"),
    "TOO_MANY_REQUESTS": ("请求过于频繁，请稍后重试", "Too many requests, try again later"),
    "UPSTREAM_UNAVAILABLE": (
        "依赖的服务暂时不可用，请稍后重试",
        "A service we depend on is unavailable, try again later",
    ),
    "DB_ERROR": ("数据库错误", "Database error"),
    "USER_NOT_FOUND": ("用户不存在", "User not found"),
    "EMAIL_TAKEN": ("该邮箱已注册", "This e-mail address is already registered"),
    "EMAIL_INVALID": ("邮箱格式不正确", "This is not a valid e-mail address"),
    "PASSWORD_LENGTH": ("密码长度必须为 8 到 64 个字符", "The password must have 8 to 64 characters"),
    "PASSWORD_NEEDS_UPPER": ("密码必须包含大写字母", "The password must contain an upper-case letter"),
    "PASSWORD_NEEDS_LOWER": ("密码必须包含小写字母", "The password must contain a lower-case letter"),
    "PASSWORD_NEEDS_DIGIT": ("密码必须包含数字", "The password must contain a digit"),
    "USERNAME_LENGTH": ("用户名长度必须为 3 到 32 个字符", "The username must have 3 to 32 characters"),
    "INVALID_CREDENTIALS": ("邮箱或密码错误", "Wrong e-mail address or password"),
    "INVALID_TOKEN": ("令牌无效或已过期，请重新登录", "The token is invalid or has expired, sign in again"),
    "KNOWLEDGE_BASE_NOT_FOUND": ("知识库不存在", "Knowledge base not found"),
    "KNOWLEDGE_BASE_NAME_TAKEN": ("知识库名称已存在", "A knowledge base with this name already exists"),
    "DOCUMENT_NOT_FOUND": ("文档不存在", "Document not found"),
    "CONVERSATION_NOT_FOUND": ("会话不存在", "Conversation not found"),
    "MESSAGE_NOT_FOUND": ("消息不存在", "Message not found"),
    "VALUE_UNREADABLE": (
        "含有无法保存的字符或数值",
        "This holds a character or a number that cannot be stored",
    ),
    "UPLOAD_ACCEPTED": (
        "文档正在处理中，预计需要2-5分钟",
        "The document is being processed; this takes 2 to 5 minutes",
    ),
    "UPLOAD_KNOWN": ("该文档已在知识库中", "This document is already in the knowledge base"),
    "METADATA_INVALID": (
        "metadata 必须是 JSON 对象（不超过 16 kB）",
        "metadata must be a JSON object of at most 16 kB",
    ),
    "EMPTY_FILE": ("文件为空，请选择有内容的文件", "The file is empty; choose one with content"),
    "BAD_NAME": ("文件名不合法，请改名后重试", "The file name cannot be used; rename the file and try again"),
    "UNSUPPORTED_TYPE": ("不支持该文件类型", "Files of this type are not supported"),
    "DOCUMENT_NOT_RETRYABLE": ("只有处理失败的文档可以重试", "Only a failed document can be retried"),
    "EMBEDDING_MODEL_MISMATCH": (
        "知识库使用模型 {built_with} 建立，当前模型为 {current}；请先调用 {reindex} 重建索引",
        "This knowledge base was built with {built_with}, the current model is {current}; call {reindex} first",
    ),
}

# Codes a document can end with (`error.code`) or carry as a warning.
DOCUMENT_MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "internal": ("处理时发生内部错误，请重试", "Processing failed on our side; retry the document"),
    "duplicate": ("知识库中已有内容相同的文档", "The knowledge base already holds a document with the same content"),
    "upload_incomplete": ("文件没有上传完成，请重新上传", "The file never arrived; upload it again"),
    "upstream_unavailable": (
        "依赖的服务暂时不可用，请重试",
        "A service this step needs is unavailable; retry the document",
    ),
    "embedding_model_changed": (
        "知识库由另一个嵌入模型建立；请先重建该知识库的索引（POST …/bases/{{id}}/reindex），文档会随之收录",
        "The knowledge base was built with another embedding model; build it again (POST …/bases/{{id}}/reindex), "
        "which indexes this document as well",
    ),
    "timed_out": ("处理超时，请重试或拆分文件", "Processing took too long; retry, or split the file"),
    "empty_file": ("文件为空，请上传有内容的文件", "The file is empty; upload one with content"),
    "unsupported_type": (
        "不支持该文件类型，请转换为 PDF、DOCX、PPTX、XLSX、CSV、HTML、Markdown、TXT 或 EML",
        "This file type is not supported; convert it to PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, TXT or EML",
    ),
    "type_mismatch": (
        "文件内容与扩展名不符，请检查文件并使用正确的扩展名",
        "The content is not what the name says; check the file and give it the right ending",
    ),
    "corrupt": (
        "文件已损坏或不完整，请用原程序打开并另存后重新上传",
        "The file is damaged or incomplete; open it in its program, save it again and upload that",
    ),
    "password_protected": (
        "文件受密码保护，请去除密码后重新上传",
        "The file is protected by a password; remove it and upload the file again",
    ),
    "no_text": (
        "没有找到可读的文字（可能是扫描件或图片），请上传带文字层的版本",
        "No readable text was found (a scan or a picture?); upload a version with a text layer",
    ),
    "too_large_unpacked": (
        "文件解压后过大，请拆分后重新上传",
        "The file grows too large when unpacked; split it and upload the parts",
    ),
    "entity_expansion": (
        "文件含有不允许的 XML 实体，请用原程序另存后重新上传",
        "The file declares XML entities, which is not allowed; save it again in its program",
    ),
    "external_entity": (
        "文件试图引用外部内容，已拒绝；请用原程序另存后重新上传",
        "The file tries to read content from outside and was refused; save it again in its program",
    ),
    "deep_nesting": (
        "文件嵌套层数过多，请把内层内容单独上传",
        "The file is nested too deeply; upload its inner parts on their own",
    ),
    "image_too_large": (
        "图片像素过多（上限 1 亿像素），请缩小后重新上传",
        "The picture has too many pixels (100 million at most); scale it down and upload it again",
    ),
    "pages_without_text": (
        "部分页面没有文字（可能是图片），这些页面的内容无法被检索",
        "Some pages hold no text (pictures?); what they show cannot be found",
    ),
    "page_tree_loop": (
        "文件的页面结构有误，已按可读的页面收录；请核对内容",
        "The file's page structure is broken; the readable pages were indexed, please check them",
    ),
    "encoding_repaired": (
        "部分字符无法识别，已用替代符号表示；请以 UTF-8 另存后重新上传以完整收录",
        "Some characters could not be read and were replaced; save the file as UTF-8 to index it in full",
    ),
    "large_text": (
        "文本过长，只收录了前 500 万个字符；请拆分文件以收录其余内容",
        "The text is too long: its first 5 million characters were indexed; split the file to index the rest",
    ),
    "long_line": (
        "有一行过长，已截断；请检查分隔符或拆分该行",
        "A line was too long and was cut; check the separators or split the line",
    ),
    "attachment_not_read": (
        "有附件无法读取，只收录了其余内容；请单独上传该附件",
        "An attachment could not be read, the rest was indexed; upload that attachment on its own",
    ),
}


# What is wrong with one field, by pydantic's name: https://docs.pydantic.dev/latest/errors/validation_errors/
FIELD_MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "missing": ("缺少该字段", "This field is required"),
    "json_invalid": ("不是合法的 JSON", "This is not JSON"),
    "string_type": ("必须是字符串", "This must be text"),
    "string_unicode": ("含有无法保存的字符", "This holds a character that cannot be stored"),
    "string_too_short": ("至少需要 {min_length} 个字符", "This needs at least {min_length} characters"),
    "string_too_long": ("不能超过 {max_length} 个字符", "This may have at most {max_length} characters"),
    "string_pattern_mismatch": ("格式应为 {pattern}", "This must match {pattern}"),
    "int_type": ("必须是整数", "This must be a whole number"),
    "int_parsing": ("必须是整数", "This must be a whole number"),
    "int_parsing_size": ("数值过大", "This number is too large"),
    "int_from_float": ("必须是整数", "This must be a whole number"),
    "float_type": ("必须是数字", "This must be a number"),
    "float_parsing": ("必须是数字", "This must be a number"),
    "bool_type": ("必须是 true 或 false", "This must be true or false"),
    "bool_parsing": ("必须是 true 或 false", "This must be true or false"),
    "greater_than": ("必须大于 {gt}", "This must be above {gt}"),
    "greater_than_equal": ("不能小于 {ge}", "This may not be below {ge}"),
    "less_than_equal": ("不能大于 {le}", "This may not be above {le}"),
    "literal_error": ("必须是以下之一：{expected}", "This must be one of {expected}"),
    "dict_type": ("必须是 JSON 对象", "This must be a JSON object"),
    "model_attributes_type": ("必须是 JSON 对象", "This must be a JSON object"),
    "uuid_type": ("不是合法的标识", "This is not an id"),
    "extra_forbidden": ("没有这个字段", "There is no such field"),
}
_ANY_FIELD: Final = ("取值不合法", "This value is not valid")


def field_message(kind: str, language: Language, params: Mapping[str, Any]) -> str:
    """The sentence for a kind of mistake in one field; a general one for a kind without its own."""
    pair = FIELD_MESSAGES.get(kind, _ANY_FIELD)
    return (pair[0] if language == "zh" else pair[1]).format_map(_Blank(params))


def message_for(code: str, language: Language, params: Mapping[str, Any] | None = None) -> str:
    """The sentence for a code; an unknown code gets the sentence of INTERNAL_ERROR, never the code's name."""
    pair = API_MESSAGES.get(code) or DOCUMENT_MESSAGES.get(code) or API_MESSAGES["INTERNAL_ERROR"]
    text = pair[0] if language == "zh" else pair[1]
    return text.format_map(_Blank(params or {}))


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def preferred_language(accept_language: str | None) -> Language:
    """zh unless the header ranks English above Chinese (RFC 9110 §12.5.4)."""
    weights = {"zh": 0.0, "en": 0.0}
    for part in (accept_language or "").lower().split(","):
        tag, _, parameters = part.strip().partition(";")
        primary = tag.split("-")[0]
        if primary in weights:
            weights[primary] = max(weights[primary], _quality(parameters))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
