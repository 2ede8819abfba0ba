"""Tells other systems by HTTP when documents and tasks end.

Entries: ``service`` for people and programs that manage webhooks, ``delivering`` for the function that has deliveries
sent, ``sending`` for the one outside the network that sends them. ``functions/webhooks`` imports it.

What is told is written by triggers of the database (``sql/migrations/0030_webhooks.sql``).
"""
