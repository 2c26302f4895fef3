"""What runs Etiqueta: packs, topics, images and what stands in for a provider locally."""
