"""What an installer of Lepton Studio carries besides `uv`: it makes the private environment at the first start.

Standard library only, and nothing of `lepton_studio`: it runs before anything is installed, with whatever Python from
3.11 on the machine has or `uv` has fetched.
"""
