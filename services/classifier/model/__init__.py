"""The trained model: `model.npz`, made by `make train`; MODEL_CARD.md says of what and how good it is."""
