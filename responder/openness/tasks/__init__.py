"""The year's tasks (年度任务): the province's, the city's, and how far each unit has come."""
