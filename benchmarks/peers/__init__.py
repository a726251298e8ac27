"""What one would use instead, each written as well as its own documentation says."""
