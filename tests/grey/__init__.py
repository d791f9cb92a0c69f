"""`make prove-grey`: orders end although a part is slow, stopped, full, read-only or half cut off.

command.py     the command line
cells.py       the table: each part × its faults, and the test bed for it
hand_out.py    which cell a lane looks into next
lanes.py       several shops at once, each in a process of its own
course.py      the process of one shop: cell by cell
databases.py   the database of a shop
bed.py         the test bed: a demo that reaches every server through a link of its own
links.py       the process of a shop's links
link.py        a link that can be slowed or cut
faults.py      faults of a process, a disk, a database, a stream, a mail server
mail_server.py a mail server that can be full, stopped or slow
look.py        one cell: orders are placed, the fault begins and ends, all is counted
accounts.py    compares the orders with the tables and the mails
health.py      asks for the health of `web` all the time
waited.py      a wait with a limit that tells what it waited for
processors.py  how busy the machine was meanwhile
row.py         the result of one cell
"""
