"""`make prove-grey`: orders end although a part is slow, stopped, full, read-only or half cut off.

cells.py        the table: each part × its faults, and the test bed for it
bed.py          the test bed: a demo that reaches every server through a link of its own
link.py         a link that can be slowed or cut
faults.py       faults of a process, a disk, a database, a stream, a mail server
mail_server.py  a mail server that can be full, stopped or slow
accounts.py     compares the orders with the tables and the mails
look.py         one cell: orders are placed, the fault begins and ends, all is counted
"""
