"""How a text is read: its plain form, its tokens and numbers, and the words that say what a number is."""
