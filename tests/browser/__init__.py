"""The pages in a real browser, against a demo of their own: `make test-browser`."""
