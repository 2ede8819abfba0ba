"""Called by the function that delivers, outside its network: signed posts → how each ended"""

from voicehelper.entry.steps import pipeline_step
from voicehelper.webhook_resources import send_posts
from voicehelper.webhooks.posts import Outcomes, Posts


@pipeline_step(Posts)
def handler(event: Posts) -> Outcomes:
    return send_posts(event)
