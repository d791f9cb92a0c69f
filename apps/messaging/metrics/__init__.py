"""What a process measures, for Prometheus: histograms and counters, and a way to read them.

`recording` names every figure and keeps them, `watching` fills them at the hooks, `serving` answers
`/metrics` of a worker. Read `recording` first. `web` serves these beside the gauges of
`operations/metrics.py`.

Import it only in a process whose metrics are read: others then pay neither memory nor time. Do not
use it for facts about one message: an id is no label, and the log has it.
"""
