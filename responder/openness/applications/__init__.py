"""Applications for disclosure (依申请公开): register, statutory clocks, outcomes, tables."""
