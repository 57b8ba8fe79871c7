"""The Hugging Face Hub, for a person who asks for it: search, look, download, in a light process of its own.

`asking` is the window's side, `places` says where models of the Hub lie here; `child` is the process, which alone
imports huggingface_hub. Nothing here is done unless a person asked, and nothing at all in offline mode.
"""
