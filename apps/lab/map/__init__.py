"""The map: all processes and brokers as boxes, and the ways of the messages as lines.

Read `topology` first: the boxes and lines, and which hop is shown on which of them. `layouts` gives
their places on a wide page and on a phone, `drawing` makes SVG of it, `node_facts` says what stands
in each box.
"""
