"""What goes out elsewhere by hand: prepared texts for Weibo and WeChat, and where they stand."""
