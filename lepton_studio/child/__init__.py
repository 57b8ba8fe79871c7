"""The child process: `python -m lepton_studio.child` takes requests on stdin and does them. No Qt."""
