"""The whole shop on this machine: embedded servers, seed data and the supervisor of it all."""
