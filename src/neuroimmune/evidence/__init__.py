"""What the model rests on: sources, and published numbers to hold it against."""
