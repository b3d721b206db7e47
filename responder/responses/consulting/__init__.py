"""What is kept beside an item: consultations (会商), agreed wording (口径), policy documents."""
