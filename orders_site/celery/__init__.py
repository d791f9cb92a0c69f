"""Celery on SQS: the app, and what its worker and beat need beside Celery's own code.

`celery --app=orders_site` and each process that enqueues a task import `app` from here. Read
`application` first; `task` is the base class of all tasks. `transport` and `envelope` guard the
worker against what it reads, `dead_letters` keeps messages that are no task, `database_outage`
waits for the database, and `heartbeat` reports worker and beat.
"""

from orders_site.celery.application import app

__all__ = ["app"]
