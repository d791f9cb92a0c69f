"""`make prove ORDERS=2000`: the shop and its servers on two ends of a cable that is cut and slowed.

cable.py     two network namespaces, and faults of the link between them
servers.py   PostgreSQL, NATS and SQS at the far end, each restarted when it dies
saboteur.py  kills processes, and cuts or slows the link, while customers buy
course.py    the orders, and the audit afterwards
command.py   the command line: skipped with its reason where this machine cannot do it
settings.py  two of each worker
"""
