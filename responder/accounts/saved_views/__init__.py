"""Views of lists that people keep (常用视图), for themselves or for a group."""
