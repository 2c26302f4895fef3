"""What the rules leave: a small linear model that judges each stretch of a text by what stands around it."""
