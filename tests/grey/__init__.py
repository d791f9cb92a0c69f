"""`make prove-grey`: what is slow, stopped, full, read-only or half cut, and orders end.

cells.py        the table: what is broken × how, and the bed on which it is
bed.py          a demo that reaches every server through a link which can be slowed or cut
link.py         such a link
faults.py       what is done to a process, a disk, a database, a stream, a mail server
mail_server.py  a mail server that can be full, stopped or slow
accounts.py     what was ordered meanwhile against what the tables and the mails say
look.py         one cell: orders come in, the fault comes and goes, all is counted
"""
