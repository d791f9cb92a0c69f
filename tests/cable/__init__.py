"""`make prove ORDERS=2000`: the shop and its servers on two ends of a cable that is cut and slowed.

cable.py     two network namespaces, and what can be done to what is between them
servers.py   PostgreSQL, NATS and SQS at the far end, each started again when it dies
saboteur.py  who kills, cuts and slows while people buy
course.py    the orders, and the audit afterwards
command.py   the command line: skipped with its reason where this machine cannot do it
settings.py  two of each worker
"""
