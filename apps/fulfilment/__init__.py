"""Fulfilment: reserves the stock of a placed order, and returns that of a cancelled one."""
