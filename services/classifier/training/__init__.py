"""Training of the classifier's model from the labelled messages in this folder."""
