"""Agent tool: a question to the caller's knowledge bases."""

from voicehelper.agents.tools.knowledge_base import knowledge_base
from voicehelper.answer_resources import answerer
from voicehelper.entry.tools import tool_handler
from voicehelper.resources import database

handler = tool_handler(knowledge_base(database, answerer))
