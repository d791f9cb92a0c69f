"""Pattern 6, Celery on SQS: the app, and what its worker and beat need beside Celery's own code.

`celery --app=orders_site` and each process that enqueues a task import `app` from here.
Read `application` first; `task` is the base class of all tasks. `batches` sends many tasks in few
requests. `transport` and `envelope` guard the worker against what it reads, `dead_letters` keeps
messages that are no task, `database_outage` waits for the database, and `heartbeat` reports worker
and beat.

A task on the queue runs at least once. One that is enqueued after a commit is lost if its process
dies between the two, so beat looks for rows that still wait. Do not use it for a message that must
be stored with its transaction: record an event or a job in the outbox.
"""

from orders_site.celery.application import app

__all__ = ["app"]
