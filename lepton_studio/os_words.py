"""What the system says against a file, in a few words for a person, for "... could not be written: WHY."."""

from __future__ import annotations

import errno

from lepton_studio.language import tr


def reason_of(error: BaseException) -> str:
    """Why it did not work; never the system's own words, which are in its language, and for its makers."""
    match getattr(error, "errno", None):
        case errno.ENOENT:
            return tr("it is not there")
        case errno.EACCES | errno.EPERM:
            return tr("you lack the rights, or another program has it open")
        case errno.EROFS:
            return tr("its disk can only be read")
        case errno.ENOSPC | errno.EDQUOT:
            return tr("the disk is full")
        case errno.EFBIG:
            return tr("it is too large for this disk")
        case errno.ENAMETOOLONG | errno.EINVAL:
            return tr("its name or path cannot be used on this disk")
        case errno.EEXIST | errno.ENOTEMPTY:
            return tr("there is something of this name already")
        case errno.EISDIR:
            return tr("it is a folder")
        case errno.ENOTDIR:
            return tr("a part of its path is a file")
        case errno.EMFILE | errno.ENFILE | errno.ENOMEM:
            return tr("the system has no room for it just now")
        case errno.EIO | errno.ESTALE | errno.ENODEV | errno.ENXIO | errno.ETIMEDOUT | errno.EHOSTDOWN:
            return tr("the disk did not answer")
        case _:
            return tr("the system refused it")
