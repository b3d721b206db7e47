"""The demo world (演示数据): a fictional city, told the same way every time."""
