"""Trains the model and says how good it is: `python -m services.classifier.training`."""

from services.classifier.training.train import main

main()
