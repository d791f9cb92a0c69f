"""Products, their prices and their stock; the pages and the API that show them."""
