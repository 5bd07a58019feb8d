"""Rules that a teacher could be told, as pure functions over frozen values; standard library only."""
