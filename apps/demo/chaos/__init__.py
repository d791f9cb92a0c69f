"""A chaos test: `manage.py prove` runs a demo, breaks its parts, and checks the result.

Read `plan` first.

plan           which fault comes when, and what is checked after it
shop           the demo as a process: started, killed, stopped
customers      buy over HTTP meanwhile, and retry without an answer
random_kills   every process is killed while customers buy
single_faults  one fault at a time: a broker away, a stream full, events delivered again
poison         unreadable messages, one on each transport
slow_handler   one event that takes longer than the server waits for its ack
audit          the orders compared with the tables, the stream and the mails
"""
