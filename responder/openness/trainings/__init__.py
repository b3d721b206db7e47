"""Trainings and meetings of open government (培训会议): a register, and its counts."""
