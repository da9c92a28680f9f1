"""Studies: the reference scenarios today, Monte Carlo raids later."""
