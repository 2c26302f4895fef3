"""The text classifier: a pure function from words to tags with evidence and confidence."""
