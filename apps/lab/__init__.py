"""The lab: live pages on which every pattern travels, breaks and heals.

Delete it, and the shop runs on.

    live, hops, switches   in every process: what passes is told, and may be broken on purpose
    feed, pulse, stream    in `web`: what was told, the state of all parts, and its way to a browser
    patterns               what each page says, shows and sends
    experiments            a prediction, a run, and what was counted
    faults, load, letters  the switches, orders by the second, dead letters

All of it reads the shop through the services and queries that anybody may use.
"""
