"""Files that a native library reads, in a process of their own: where it crashes or grows, that costs a file, not the
window. `reading` is the window's side, `child` the process, the other modules what it runs. Nothing here knows the rest
of the app: the child starts in a tenth of a second.
"""
