"""Support for tests: real servers, processes, ports, and waiting for a condition."""
