"""The yearly assessment of openness (考核): points computed from the records behind them."""
