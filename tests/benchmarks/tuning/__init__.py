"""Tuning: what each method brings, and what it costs."""
