"""What tests are made with: real servers, processes, ports, and waiting for the thing itself."""
