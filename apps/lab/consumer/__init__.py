"""Be the consumer: a visitor takes real messages from a durable and a queue of their own.

Read `workbenches` first: it makes and removes both, of which there are few. `events` takes an
event and answers it, `jobs` receives a job and deletes it; `trouble` puts an error into the
visitor's log. Everything is kept in two tables and at the brokers, so that each request may come
to another process of `web`.
"""
