"""What came of training all models, as one HTML file for a person to read."""
