"""A retailer's invoice file, in the format of the "Online Retail" data sets.

`import_catalogue` makes products of it, and `import_orders` places its orders through the checkout.
Read `rows` first: it turns the bytes of a file into typed rows, and counts what it skips.
"""
