"""What the system says against a file, in a few words for a person, for "... could not be written: WHY."."""

from __future__ import annotations

import errno

from lepton_studio.language import tr


def reason_of(error: BaseException) -> str:
    """Why it did not work; never the system's own words, which are in its language, and for its makers."""
    match getattr(error, "errno", None):
        case errno.ENOENT:
            return tr("it does not exist")
        case errno.EACCES | errno.EPERM:
            return tr("you do not have permission, or another program has it open")
        case errno.EROFS:
            return tr("its disk is read-only")
        case errno.ENOSPC | errno.EDQUOT:
            return tr("the disk is full")
        case errno.EFBIG:
            return tr("it is too large for this disk")
        case errno.ENAMETOOLONG | errno.EINVAL:
            return tr("this disk does not allow its name or path")
        case errno.EEXIST | errno.ENOTEMPTY:
            return tr("the name is already taken")
        case errno.EISDIR:
            return tr("it is a folder")
        case errno.ENOTDIR:
            return tr("part of its path is a file, not a folder")
        case errno.EMFILE | errno.ENFILE | errno.ENOMEM:
            return tr("the system is out of resources")
        case errno.EIO | errno.ESTALE | errno.ENODEV | errno.ENXIO | errno.ETIMEDOUT | errno.EHOSTDOWN:
            return tr("the disk did not respond")
        case _:
            return tr("the system reported an error")
