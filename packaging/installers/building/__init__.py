"""How the installers are built, all on Linux: `lock` what they install, then a module for each system."""
