"""The models that come with the app: what they are, where their files lie, and how they become folders."""
