"""Real data in, trained Keras models and measured figures out."""
