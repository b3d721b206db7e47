"""The briefing pack (背景材料) that goes with a press event."""
