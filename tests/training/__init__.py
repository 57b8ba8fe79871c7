"""Tests of training, with torch and transformers as a child has them."""

from lepton_studio.child.light_imports import import_lightly

import_lightly()
