"""POST /api/v1/knowledge/bases/{kb_id}/documents: a file in the request, or the announcement of one"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import ContentDep, DatabaseDep, LanguageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.upload_request import UPLOAD_BODY, UploadDep
from voicehelper.errors import PayloadTooLargeError, UnsupportedMediaTypeError
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.ingestion.filenames import BadNameError, UnsupportedTypeError
from voicehelper.knowledge.models import DirectUpload, UploadAccepted
from voicehelper.knowledge.uploads import EmptyFileError, MetadataInvalidError, receive
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.post(
    "/knowledge/bases/{kb_id}/documents",
    status_code=202,
    summary="Upload a file of up to 4.5 MB; larger ones are announced.",
    responses=errors(
        KnowledgeBaseNotFoundError,
        PayloadTooLargeError,
        UnsupportedMediaTypeError,
        BadNameError,
        UnsupportedTypeError,
        EmptyFileError,
        MetadataInvalidError,
    ),
    openapi_extra=UPLOAD_BODY,
)
def upload_document(
    kb_id: KnowledgeBaseId, upload: UploadDep, database: DatabaseDep, content: ContentDep, language: LanguageDep
) -> UploadAccepted | DirectUpload:
    return receive(database, content, kb_id, upload, language)


handler = lambda_handler(router)
