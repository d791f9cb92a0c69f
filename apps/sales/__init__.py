"""Sales: figures per day, built from the events alone and able to be built again."""
