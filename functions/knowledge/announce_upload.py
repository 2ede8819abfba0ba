"""POST /api/v1/knowledge/bases/{kb_id}/documents/direct"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import ContentDep, DatabaseDep, LanguageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.errors import PayloadTooLargeError
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.ingestion.filenames import BadNameError, UnsupportedTypeError
from voicehelper.knowledge.models import DirectUpload, NewDirectUpload, UploadAccepted
from voicehelper.knowledge.uploads import EmptyFileError, MetadataInvalidError, receive
from voicehelper.shapes.id_types import KnowledgeBaseId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.post(
    "/knowledge/bases/{kb_id}/documents/direct",
    status_code=202,
    summary="Announce a large file, and get a form that sends it to storage directly.",
    responses=errors(
        KnowledgeBaseNotFoundError,
        PayloadTooLargeError,
        BadNameError,
        UnsupportedTypeError,
        EmptyFileError,
        MetadataInvalidError,
    ),
)
def announce_upload(
    kb_id: KnowledgeBaseId, new: NewDirectUpload, database: DatabaseDep, content: ContentDep, language: LanguageDep
) -> UploadAccepted | DirectUpload:
    return receive(database, content, kb_id, new, language)


handler = lambda_handler(router)
