"""One module for each figure; `figure(bench)` says which cases are compared."""
