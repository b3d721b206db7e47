def correct(world, days_ago, moment): pass
