"""Jobs on SQS: receive, process, delete; a job that is not deleted comes back.

Standard queues deliver at least once and in any order, so that a job's handler must be repeatable.
`job_queue` is the sending side, `worker` the loop: `pace` says how many jobs it asks for, `slots`
has its threads, and `gathering` passes on what they have done. `in_flight` hides the jobs for as
long as they are worked on, `receipts` deletes them. Read `worker` first.

Do not use it for facts that several parts of the shop read, or where the order matters: those are
events.
"""
