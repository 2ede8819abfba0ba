"""Lambda handlers: HTTP endpoints, pipeline steps, queue consumers and event targets, all with one anatomy.

``http.lambda_handler``, ``steps.pipeline_step``, ``queues.queue_consumer`` and ``events.event_target`` make handlers.
Only ``functions/`` imports this room.
"""
