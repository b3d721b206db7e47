"""Evaluations of openness (测评): rounds, indicators, scores by unit, ranking, circular."""
