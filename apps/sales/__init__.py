"""Sales: figures per day, written from events alone, so that they can be rebuilt."""
