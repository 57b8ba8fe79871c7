"""A whole task on pictures in one folder, with the values of text classification: which label a picture has."""

from dataclasses import replace

from lepton_studio.project.marks import MEDIA
from lepton_studio.tasks import text_classification

TASK = replace(
    text_classification.TASK,
    id="pictures",
    title="Pictures",
    summary="Give each picture one of your labels.",
    reads=(MEDIA,),
    wants=("label", MEDIA),
    viewer="lepton_studio.widgets.picture_view:PictureView",
    learner="lepton_studio.tasks.pictures.learner:PictureLearner",
    linear="",  # what word statistics and quick models read are words
    sample="",
)
