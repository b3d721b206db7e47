"""Files of messages: mapped, rehearsed, imported, resumed and taken back."""
