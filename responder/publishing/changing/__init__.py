"""Putting right what is public, in the open: 更正、替换、撤回."""
