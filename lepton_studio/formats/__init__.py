"""Files in and out, one module per format. No Qt, no torch."""
