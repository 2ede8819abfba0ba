"""What an alarm's change of state becomes: notices to a pager, a chat or the log, grouped and repeated.

``routing.route`` is the entry, called by ``functions/operations/route_alarm.py``. ``changes`` reads what CloudWatch
says, ``board`` keeps it, ``grouping`` decides what is due, ``receivers`` sends it.
"""
