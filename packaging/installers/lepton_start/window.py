"""The window of the first start, of Python's own toolkit (Tk): what will be fetched, how much, where to, and how.

It is there before anything is installed, so nothing of the app's own look can be used. One thread installs; the
window's thread takes from a queue what it tells.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import subprocess
import sys
import threading
import tkinter as tk
from pathlib import Path
from tkinter import ttk

from lepton_start.installing import Installation, Outcome, Progress
from lepton_start.machine import NEEDED_DRIVER, Device, devices, found_device, nvidia_driver
from lepton_start.places import Payload, log_file, own_python, platform_name
from lepton_start.plan import MIRRORS, Choices, load_choices, offered, parts
from lepton_start.switching import Busy, version_of
from lepton_start.words import amount, say

_WIDTH = 560
_LOOK_EVERY = 100
"""Milliseconds between two looks into the queue."""
_DEVICE_NAMES = {
    Device.CPU: "The processor (works everywhere)",
    Device.CUDA: "An NVIDIA graphics card (CUDA)",
    Device.ROCM: "An AMD graphics card (ROCm)",
    Device.APPLE: "Apple's chip",
}
_ON_DISK = {Device.CPU: 1.9e9, Device.CUDA: 7e9, Device.ROCM: 18e9, Device.APPLE: 1.6e9}
"""Bytes that an environment takes; that of the processor is measured (decision 0066), the others are estimates."""


def ask(payload: Payload, home: Path, *, old: Path | None) -> Path | None:
    """Show the window until the environment is there or the person has had enough; the one to start, or None."""
    window = FirstStart(payload, home, old=old)
    window.root.mainloop()
    return window.taken


class FirstStart:
    """`root`: the Tk window. `taken`: the environment to start once the window is closed, if any."""

    def __init__(self, payload: Payload, home: Path, *, old: Path | None) -> None:
        self._payload, self._home, self._old = payload, home, old
        self.taken: Path | None = None
        self._work: Installation | None = None
        self._told: queue.Queue[Progress | Outcome] = queue.Queue()
        self.root = tk.Tk(className="lepton-studio")
        self.root.title(say("Lepton Studio: first start"))
        self.root.resizable(False, False)
        self.root.protocol("WM_DELETE_WINDOW", self._close)
        self._found = found_device()
        choices = load_choices(home, Choices(self._found))
        self._device = tk.StringVar(value=choices.device)
        self._proxy = tk.StringVar(value=choices.proxy)
        self._index = tk.StringVar(value=choices.index)
        self._torch = tk.StringVar(value=choices.torch)
        self._mirrors = {**{_mirror_name(one.name): one for one in MIRRORS}}
        self._build()
        self._tell_what()

    # ------------------------------------------------------------------------------------------------- the parts

    def _build(self) -> None:
        style = ttk.Style()
        if sys.platform.startswith("linux"):
            style.theme_use("clam")
        outer = ttk.Frame(self.root, padding=24)
        outer.grid()
        version = self._payload.version
        title = say("Set up Lepton Studio {version}", version=version)
        if self._old is not None:
            title = say("Lepton Studio {version} is installed, {old} is still in use", version=version,
                        old=version_of(self._old))  # fmt: skip
        heading = ttk.Label(outer, text=title, font=("TkDefaultFont", 15, "bold"), wraplength=_WIDTH)
        self._what = ttk.Label(outer, wraplength=_WIDTH, justify="left")
        where = ttk.Label(outer, text=say("Into: {folder}", folder=self._home), wraplength=_WIDTH, justify="left")
        self._warning = ttk.Label(outer, wraplength=_WIDTH, justify="left", foreground="#a33a00")
        self._choosing = ttk.Frame(outer)
        self._choosing.columnconfigure(0, weight=1)
        self._device_choice(self._choosing).grid(sticky="ew", pady=(8, 0))
        if not self._payload.offline:
            self._connection(self._choosing).grid(sticky="ew", pady=(12, 0))
        self._bar = ttk.Progressbar(outer, length=_WIDTH, maximum=1000)
        self._doing = ttk.Label(outer, wraplength=_WIDTH, justify="left")
        for row, widget in enumerate(
            (heading, self._what, where, self._warning, self._choosing, self._bar, self._doing)
        ):
            widget.grid(row=row, sticky="ew", pady=(0, 8))
        self._bar.grid_remove()
        self._doing.grid_remove()
        self._buttons(outer).grid(row=9, sticky="e", pady=(12, 0))

    def _device_choice(self, parent: ttk.Frame) -> ttk.LabelFrame:
        box = ttk.LabelFrame(parent, text=say("Compute with"), padding=10)
        can = offered(self._payload)
        for device in devices():
            name = say(_DEVICE_NAMES[device])
            if device == self._found and device != Device.CPU:
                name += f" ({say('found here')})"
            enabled = device in can
            choice = ttk.Radiobutton(box, text=name, value=str(device), variable=self._device, command=self._tell_what)
            choice.state(["!disabled" if enabled else "disabled"])
            choice.grid(sticky="w")
        if Device(self._device.get()) not in can:
            self._device.set(str(can[0]))
        return box

    def _connection(self, parent: ttk.Frame) -> ttk.LabelFrame:
        box = ttk.LabelFrame(parent, text=say("Connection"), padding=10)
        box.columnconfigure(1, weight=1)
        names = [*self._mirrors, say("other addresses")]
        chosen = next((name for name, one in self._mirrors.items()
                       if (one.index, one.torch) == (self._index.get(), self._torch.get())), names[-1])  # fmt: skip
        self._source = ttk.Combobox(box, values=names, state="readonly")
        self._source.set(chosen)
        self._source.bind("<<ComboboxSelected>>", lambda _event: self._take_mirror())
        ttk.Label(box, text=say("Fetch from")).grid(row=0, column=0, sticky="w", padx=(0, 12))
        self._source.grid(row=0, column=1, sticky="ew")
        self._addresses = ttk.Frame(box)
        self._addresses.columnconfigure(1, weight=1)
        for row, (name, variable) in enumerate((("Package index", self._index), ("PyTorch's builds", self._torch))):
            ttk.Label(self._addresses, text=say(name)).grid(row=row, column=0, sticky="w", padx=(0, 12))
            ttk.Entry(self._addresses, textvariable=variable).grid(row=row, column=1, sticky="ew", pady=2)
        self._addresses.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(4, 0))
        if chosen != names[-1]:
            self._addresses.grid_remove()
        ttk.Label(box, text=say("Proxy")).grid(row=2, column=0, sticky="w", padx=(0, 12))
        ttk.Entry(box, textvariable=self._proxy, width=44).grid(row=2, column=1, sticky="ew", pady=(4, 0))
        hint = ttk.Label(box, text=say("empty: as the system says"), foreground="#666666")
        hint.grid(row=3, column=1, sticky="w")
        return box

    def _buttons(self, parent: ttk.Frame) -> ttk.Frame:
        row = ttk.Frame(parent)
        self._log = ttk.Button(row, text=say("Show the log"), command=_show_log)
        self._no = ttk.Button(row, text=say("Not now" if self._old else "Cancel"), command=self._close)
        self._yes = ttk.Button(row, text=say("Install"), command=self._install, default="active")
        for column, one in enumerate((self._log, self._no, self._yes)):
            one.grid(row=0, column=column, padx=(8, 0))
        self._log.grid_remove()
        self._yes.focus_set()
        self.root.bind("<Return>", lambda _event: self._yes.invoke())
        self.root.bind("<Escape>", lambda _event: self._no.invoke())
        return row

    # ------------------------------------------------------------------------------------------- what is chosen

    @property
    def choices(self) -> Choices:
        """As the window stands."""
        proxy, index, torch = (one.get().strip() for one in (self._proxy, self._index, self._torch))
        return Choices(Device(self._device.get()), proxy, index, torch)

    def _take_mirror(self) -> None:
        one = self._mirrors.get(self._source.get())
        if one is None:
            self._addresses.grid()
            return
        self._index.set(one.index)
        self._torch.set(one.torch)
        self._addresses.grid_remove()

    def _tell_what(self) -> None:
        device = Device(self._device.get())
        needed = _ON_DISK[device]
        if self._payload.offline:
            what = say("All parts are in this installer: nothing is fetched. They will take {disk} on the disk. "
                       "Nothing else of this computer is changed.", disk=amount(needed))  # fmt: skip
        else:
            found = parts(self._payload, self.choices, platform_name())
            torch = next((part.size for part in found if part.name == "torch"), 0)
            what = say(
                "About {fetch} will be fetched ({count} parts, of which PyTorch is {torch}) and take {disk} on the "
                "disk. Nothing else of this computer is changed, and nothing is sent.",
                fetch=amount(sum(part.size for part in found)) + ("" if torch else " +"), count=len(found),
                torch=amount(torch) if torch else say("an unknown size"), disk=amount(needed),
            )  # fmt: skip
        if self._old is not None:
            what += " " + say("What both versions share is not fetched again and lies on the disk once.")
        self._what.configure(text=what)
        self._warn(self._doubt(device, needed))

    def _warn(self, sentence: str) -> None:
        self._warning.configure(text=sentence)
        if sentence:
            self._warning.grid()
        else:
            self._warning.grid_remove()

    def _doubt(self, device: Device, needed: float) -> str:
        driver = nvidia_driver() if device == Device.CUDA or self._found == Device.CPU else 0
        if 0 < driver < NEEDED_DRIVER:
            return say("The NVIDIA driver {found} is too old: {needed} or newer is needed. Update it, or compute with "
                       "the processor.", found=driver, needed=NEEDED_DRIVER)  # fmt: skip
        free = _free(self._home)
        return say("Only {free} are free there: make room first.", free=amount(free)) if free < needed else ""

    # ----------------------------------------------------------------------------------------------- the work

    def _install(self) -> None:
        if self._work is not None:
            return
        work = self._work = Installation(
            self._payload, self._home, self.choices, python=own_python(), platform=platform_name(), log=log_file()
        )
        self._choosing.grid_remove()
        self._log.grid_remove()
        self._warn("")
        self._yes.state(["disabled"])
        self._no.configure(text=say("Cancel"))
        self._bar.grid()
        self._doing.grid()
        self._bar.configure(mode="indeterminate")
        self._bar.start(30)

        def install() -> None:
            try:
                self._told.put(work.run(self._told.put))
            except Busy:
                self._told.put(Outcome(sentence="Lepton Studio is being installed already, in another window."))

        threading.Thread(target=install, name="install", daemon=True).start()
        self.root.after(_LOOK_EVERY, self._look)

    def _look(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                told = self._told.get_nowait()
                if isinstance(told, Outcome):
                    self._ended(told)
                    return
                self._show(told)
        self.root.after(_LOOK_EVERY, self._look)

    def _show(self, progress: Progress) -> None:
        lines = [say(progress.doing)]
        if progress.now:
            names = ", ".join(f"{name} ({amount(size)})" for name, size in progress.now[:4])
            names += " …" if len(progress.now) > 4 else ""
            lines.append(say("{done} of about {total} have come. On their way: {names}", names=names,
                             done=amount(progress.fetched), total=amount(progress.total)))  # fmt: skip
        elif progress.fetched:
            lines.append(say("{done} of about {total} have come.", done=amount(progress.fetched),
                             total=amount(progress.total)))  # fmt: skip
        if progress.fetched and progress.total:
            self._bar.stop()
            self._bar.configure(mode="determinate", value=1000 * progress.fetched / progress.total)
        self._doing.configure(text="\n".join(lines))

    def _ended(self, outcome: Outcome) -> None:
        self._work = None
        self._bar.stop()
        if outcome.environment is not None:
            self.taken = outcome.environment
            self._doing.configure(text=say("Done. Lepton Studio starts…"))
            self._bar.configure(mode="determinate", value=1000)
            self.root.after(400, self.root.destroy)
            return
        self._bar.grid_remove()
        self._doing.grid_remove()
        self._choosing.grid()
        self._yes.state(["!disabled"])
        self._yes.configure(text=say("Try again"))
        self._no.configure(text=say("Close"))
        self._no.state(["!disabled"])
        cancelled = not outcome.sentence
        text = say("Cancelled. Nothing was left behind.") if cancelled else say(outcome.sentence, detail=outcome.detail)
        self._warn(text)
        if not cancelled:
            self._log.grid()

    def _close(self) -> None:
        if self._work is not None:
            self._doing.configure(text=say("Cancelling…"))
            self._no.state(["disabled"])
            self._work.cancel()
            return
        self.taken = self._old
        self.root.destroy()


def _mirror_name(name: str) -> str:
    return say("the usual places") if name == "usual" else say("mirrors in China ({name})", name=name)


def _free(folder: Path) -> int:
    """Bytes free on the disk where the folder is or will be."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(there).free


def _show_log() -> None:
    file = str(log_file())
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            os.startfile(file)
        else:
            subprocess.Popen(["open" if sys.platform == "darwin" else "xdg-open", file])
