"""What every figure needs: builds, servers, prepared scenes, interleaved rounds, results."""
