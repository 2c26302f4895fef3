"""What is looked for: a module a family of personal data, and what these share."""
