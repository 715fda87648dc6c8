"""What a dataset holds, before anything is trained on it."""
