"""`manage.py prove`: the demo is run, broken in every way, and counted.

shop.py       the demo as a process: started, killed at, stopped
customers.py  who buys meanwhile, over HTTP, and asks again where no answer came
books.py      what was promised against what the tables, the stream and the mails say
under_fire.py every process is killed while people buy
one_by_one.py one fault at a time
"""
